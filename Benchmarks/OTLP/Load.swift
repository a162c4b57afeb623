import Glibc

/// Sends exports to a server from several connections, as fast as it acknowledges them, and prints as JSON what was
/// acknowledged and how long it took. All bodies are made before the clock starts.
struct Load {
  let port: UInt16
  let path: String
  /// Lines of the request's head beside those every request needs.
  let headers: [String]
  let connections: Int
  let batches: Int
  let spans: Int
  /// The number of the first batch: runs that follow each other share no ids.
  let first: Int

  func run() throws {
    let bodies = (first..<first + batches).map { SyntheticBatch(spans: spans, number: $0).protobuf }
    let heads = bodies.map { body in
      Array(
        (["POST \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Content-Type: application/x-protobuf"] + headers
          + ["Content-Length: \(body.count)", "", ""]).joined(separator: "\r\n").utf8)
    }
    let start = ContinuousClock.now
    let senders = (0..<connections).map { sender in
      Sender {
        var connection = try BlockingConnection(port: port)
        for place in stride(from: sender, to: bodies.count, by: connections) {
          let start = ContinuousClock.now
          let status = try connection.send(heads[place], bodies[place])
          $0.latencies.append((ContinuousClock.now - start).seconds)
          $0.statuses[status, default: 0] += 1
        }
      }
    }
    for sender in senders { sender.join() }
    let seconds = (ContinuousClock.now - start).seconds
    let latencies = senders.flatMap(\.outcome.latencies).sorted()
    let statuses = senders.reduce(into: [Int: Int]()) { $0.merge($1.outcome.statuses, uniquingKeysWith: +) }
    func percentile(_ share: Double) -> Double {
      latencies.isEmpty ? 0 : latencies[Int(Double(latencies.count - 1) * share)] * 1e3
    }
    let failures = senders.compactMap(\.outcome.failure)
    for failure in failures {
      let line = Array("bench-otlp: \(failure)\n".utf8)
      _ = write(STDERR_FILENO, line, line.count)
    }
    let acknowledged = (statuses[200] ?? 0) * spans
    let bytes = bodies.reduce(0) { $0 + $1.count }
    print(
      #"{"acknowledged":\#(acknowledged),"refused":\#((latencies.count * spans) - acknowledged),"seconds":\#(seconds),"#
        + #""p50_ms":\#(percentile(0.5)),"p99_ms":\#(percentile(0.99)),"bytes_a_span":\#(bytes / (batches * spans))}"#)
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// A thread that sends until it is done or its connection fails.
private final class Sender: @unchecked Sendable {
  struct Outcome {
    var latencies: [Double] = []
    var statuses: [Int: Int] = [:]
    var failure: String?
  }

  private let body: (inout Outcome) throws -> Void
  private var thread = pthread_t()
  // Safe: read after `join`.
  private(set) var outcome = Outcome()

  init(_ body: @escaping (inout Outcome) throws -> Void) {
    self.body = body
    pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let sender = Unmanaged<Sender>.fromOpaque(argument).takeRetainedValue()
        do {
          try sender.body(&sender.outcome)
        } catch {
          sender.outcome.failure = "\(error)"
        }
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
  }

  func join() { pthread_join(thread, nil) }
}
