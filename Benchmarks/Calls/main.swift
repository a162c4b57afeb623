// A provider of models and its callers, to measure what stands between them (see `gateway_bench.py`).
//
// usage: bench-calls stub                       answers calls on a free port, which it prints, until it is killed
//        bench-calls open PORT RATE SECONDS     sends so many calls a second, whether or not answers have come
//        bench-calls closed PORT CALLERS SECONDS    each caller sends the next call when the last is answered
//        bench-calls streams PORT CALLERS SECONDS   the same with streams of 200 frames, as fast as they come
//        bench-calls paced PORT CALLERS SECONDS     the same with a frame every five milliseconds
//        bench-calls slow PORT RATE SECONDS KEY     sends so many calls a second, each of which takes 50 to 150 milliseconds, with a key

import NIOCore
import NIOPosix

let arguments = CommandLine.arguments.dropFirst()
let numbers = arguments.dropFirst().compactMap { Int($0) }
let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
switch (arguments.first, numbers.count) {
case ("stub", 0):
  let channel = try await CallStub.start(on: group)
  print(channel.localAddress?.port ?? 0)
  // Who reads the port waits for it.
  flushOutput()
  try await channel.closeFuture.get()
case ("open", 3):
  let load = CallLoad(port: numbers[0], body: CallBody.plain, on: group.next())
  print(try await load.open(rate: numbers[1], seconds: numbers[2]))
case ("slow", 3):
  let load = CallLoad(port: numbers[0], body: CallBody.slow, key: arguments.last, on: group.next())
  print(try await load.open(rate: numbers[1], seconds: numbers[2]))
case (let mode?, 3) where ["closed", "streams", "paced"].contains(mode):
  let body = mode == "closed" ? CallBody.plain : mode == "paced" ? CallBody.paced : CallBody.streamed
  let load = CallLoad(port: numbers[0], body: body, on: group.next())
  print(try await load.closed(callers: numbers[1], seconds: numbers[2]))
default: fatalError("see the top of main.swift")
}
