internal import AsyncHTTPClient
public import Gateway
internal import NIOCore
internal import NIOHTTP1
public import Records

/// Pulls what a Langfuse holds, page by page, with one request at a time.
public struct LangfuseClient: Sendable {
  /// Something that those who watch may want to know.
  public enum Event: Sendable {
    /// Rows so far.
    case rows(Int)
    /// A request is repeated after a while: why.
    case waits(Duration, why: String)
  }

  private let url: String
  private let authorization: String
  private let clock: @Sendable () -> Instant

  /// A page holds at most so many bytes.
  private static let pageLimit = 256 << 20

  /// - Parameters:
  ///   - url: without a slash at the end.
  ///   - authorization: the header. It is sent to that address and nowhere else, and neither printed nor logged.
  public init(url: String, authorization: String, clock: @escaping @Sendable () -> Instant) {
    self.url = url
    self.authorization = authorization
    self.clock = clock
  }

  /// Pulls everything in a window.
  /// - Parameter keep: takes each page in the order in which an export would hold it.
  /// - Throws: `LangfusePull.Fault`, and what `keep` throws.
  public func pull(
    _ window: LangfusePull.Window, report: (Event) -> Void, keep: ([UInt8]) throws -> Void
  ) async throws {
    var configuration = HTTPClient.Configuration()
    configuration.timeout.connect = ForwardClient.connectTimeout
    configuration.timeout.read = .seconds(60)
    // A redirect would take the keys to somebody else.
    configuration.redirectConfiguration = .disallow
    configuration.connectionPool.retryConnectionEstablishment = false
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    do {
      var pull = LangfusePull(window, name: url)
      while let path = pull.path {
        let (status, body) = try await answer(path, by: http, report: report)
        if try pull.take(status: status, body: body) {
          try keep(body)
          report(.rows(pull.rows))
        }
      }
    } catch {
      try? await http.shutdown()
      throw error
    }
    try await http.shutdown()
  }

  /// Asks until there is an answer.
  private func answer(
    _ path: String, by http: HTTPClient, report: (Event) -> Void
  ) async throws -> (status: Int, body: [UInt8]) {
    var pace = PullPace()
    while true {
      let why: String
      let wait: Duration?
      do {
        let response = try await http.execute(request(path), timeout: .minutes(5))
        let status = Int(response.status.code)
        let body = try await response.body.collect(upTo: LangfuseClient.pageLimit)
        why = "\(url) answers \(status)"
        wait = pace.wait(status: status, retryAfter: response.headers.first(name: "retry-after"), now: clock())
        if wait == nil { return (status, Array(buffer: body)) }
      } catch {
        why = ForwardClient.problem(error, at: url, within: .seconds(300))
        wait = pace.wait(status: nil, retryAfter: nil, now: clock())
        if wait == nil {
          throw LangfusePull.Fault(
            problem: "\(why) (asked \(PullPace.attempts) times)",
            remedy: "Check the address and the network; nothing was stored")
        }
      }
      guard let wait else { continue }
      report(.waits(wait, why: why))
      try await Task.sleep(for: wait)
    }
  }

  private func request(_ path: String) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: url + path)
    request.headers.replaceOrAdd(name: "authorization", value: authorization)
    request.headers.replaceOrAdd(name: "accept", value: "application/json")
    request.headers.replaceOrAdd(name: "user-agent", value: "tally")
    return request
  }
}
