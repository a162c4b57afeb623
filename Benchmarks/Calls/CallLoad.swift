import NIOCore
import NIOHTTP1
import NIOPosix

/// Callers of one server on one thread, and what they wait for, in milliseconds.
// Safe: everything happens on one event loop.
final class CallLoad: @unchecked Sendable {
  private let port: Int
  private let head: HTTPRequestHead
  private let body: ByteBuffer
  private let loop: any EventLoop
  private var idle: [Caller] = []
  private var open = 0
  private var waiting: [NIODeadline] = []
  private var latencies: [Double] = []
  private var firsts: [Double] = []
  private var gaps: [Double] = []
  private var failures = 0
  private var isOver = false
  /// Whether callers wait for their answers.
  private var isClosed = false
  private var end: EventLoopPromise<Void>

  /// Connections at most; what finds none waits, and its wait counts.
  private static let most = 512

  init(port: Int, body: String, key: String? = nil, on loop: any EventLoop) {
    self.port = port
    self.loop = loop
    var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/v1/chat/completions")
    head.headers.add(name: "host", value: "127.0.0.1:\(port)")
    head.headers.add(name: "content-type", value: "application/json")
    head.headers.add(name: "content-length", value: "\(body.utf8.count)")
    if let key { head.headers.add(name: "authorization", value: "Bearer \(key)") }
    self.head = head
    self.body = ByteBuffer(string: body)
    end = loop.makePromise()
  }

  /// Sends calls at their times, whatever becomes of those before them: a call that had to wait waited (Tene, "How NOT to Measure
  /// Latency": coordinated omission).
  func open(rate: Int, seconds: Int) async throws -> String {
    let gap = TimeAmount.nanoseconds(1_000_000_000 / Int64(rate))
    let total = rate * seconds
    try await loop.submit { [self] in schedule(0, of: total, from: .now() + .milliseconds(100), every: gap) }.get()
    try await end.futureResult.get()
    return summary(seconds)
  }

  private func schedule(_ number: Int, of total: Int, from start: NIODeadline, every gap: TimeAmount) {
    guard number < total else { return stopSoon() }
    let due = start + gap * number
    loop.assumeIsolated().scheduleTask(deadline: due) { [self] () -> Void in
      // A timer that is late sends all that is due.
      var next = number
      let now = NIODeadline.now()
      while next < total, start + gap * next <= now {
        call(due: start + gap * next)
        next += 1
      }
      schedule(next, of: total, from: start, every: gap)
    }
  }

  /// Each of so many callers sends the next call when its last is answered.
  func closed(callers: Int, seconds: Int) async throws -> String {
    try await loop.submit { [self] in
      isClosed = true
      for _ in 0..<callers { call(due: .now()) }
      loop.assumeIsolated().scheduleTask(in: .seconds(Int64(seconds))) { [self] () -> Void in stopSoon() }
    }.get()
    try await end.futureResult.get()
    return summary(seconds)
  }

  private func stopSoon() {
    isOver = true
    // What is under way may still be answered.
    loop.assumeIsolated().scheduleTask(in: .seconds(2)) { [self] () -> Void in end.succeed() }
  }

  // MARK: Calls

  private func call(due: NIODeadline) {
    if let caller = idle.popLast() { return caller.send(head, body, due: due) }
    guard open < CallLoad.most else { return waiting.append(due) }
    open += 1
    let caller = Caller(self)
    ClientBootstrap(group: loop).channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(caller)
        }
      }
      .connect(host: "127.0.0.1", port: port).assumeIsolated().whenComplete { [self] result in
        switch result {
        case .success: caller.send(head, body, due: due)
        case .failure: fail()
        }
      }
  }

  fileprivate func note(first milliseconds: Double) { if !isOver { firsts.append(milliseconds) } }
  fileprivate func note(gap milliseconds: Double) { if !isOver { gaps.append(milliseconds) } }

  fileprivate func answered(_ caller: Caller, after milliseconds: Double, isGood: Bool) {
    if !isOver || !isClosed { latencies.append(milliseconds) }
    if !isGood { failures += 1 }
    if !waiting.isEmpty { return caller.send(head, body, due: waiting.removeFirst()) }
    if isClosed, !isOver { return caller.send(head, body, due: .now()) }
    idle.append(caller)
  }

  fileprivate func fail() {
    open -= 1
    failures += 1
  }

  // MARK: The result

  private func summary(_ seconds: Int) -> String {
    func percentiles(_ values: [Double]) -> String {
      let sorted = values.sorted()
      func at(_ share: Double) -> Double { sorted.isEmpty ? 0 : sorted[Int(Double(sorted.count - 1) * share)] }
      return #"{"p50":\#(at(0.5)),"p90":\#(at(0.9)),"p99":\#(at(0.99)),"max":\#(at(1))}"#
    }
    return
      #"{"answered":\#(latencies.count),"failed":\#(failures),"waiting":\#(waiting.count),"seconds":\#(seconds),"#
      + #""latency_ms":\#(percentiles(latencies)),"first_ms":\#(percentiles(firsts)),"gap_ms":\#(percentiles(gaps))}"#
  }
}

/// One connection.
// Safe: everything happens on one event loop.
private final class Caller: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let load: CallLoad
  private var context: ChannelHandlerContext?
  private var due = NIODeadline.now()
  private var last: NIODeadline?
  private var isGood = true

  init(_ load: CallLoad) { self.load = load }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func send(_ head: HTTPRequestHead, _ body: ByteBuffer, due: NIODeadline) {
    self.due = due
    last = nil
    context?.write(wrapOutboundOut(.head(head)), promise: nil)
    context?.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    context?.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let now = NIODeadline.now()
    switch unwrapInboundIn(data) {
    case .head(let head): isGood = head.status == .ok
    case .body:
      if let last {
        load.note(gap: Caller.milliseconds(now - last))
      } else {
        load.note(first: Caller.milliseconds(now - due))
      }
      last = now
    case .end: load.answered(self, after: Caller.milliseconds(now - due), isGood: isGood)
    }
  }

  func channelInactive(context: ChannelHandlerContext) { load.fail() }

  private static func milliseconds(_ time: TimeAmount) -> Double { Double(time.nanoseconds) / 1e6 }
}
