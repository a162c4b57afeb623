internal import Gateway
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// A request of a caller, and what it is answered, piece by piece.
// Safe: `CallHandler`, which its channel's event loop calls, and the task that answers, which `LoopExecutor` runs there, are all that
// know it; `assertInEventLoop` checks it in debug builds, and so in all tests.
final class CallerExchange: @unchecked Sendable {
  struct Gone: Error {}

  let request: HTTPRequest
  /// Whether the connection ends with the answer.
  let isLast: Bool
  /// Whether the caller has gone, or has closed its half of the connection: SDKs that give up do just that.
  private(set) var isGone = false
  /// Is called once, when it goes.
  private var onGone: (() -> Void)?

  private let context: ChannelHandlerContext
  private let onEnd: () -> Void

  // What is read.
  private var body = ByteBuffer()
  private var isBodyComplete = false
  /// Nobody wants the rest.
  private var dropsBody = false
  private var dropped = 0
  private var bodyReader: BodyWaiting?

  /// Who waits for the body.
  private struct BodyWaiting {
    let limit: Int
    /// Takes room for more bytes.
    let grow: (Int) -> Bool
    let continuation: CheckedContinuation<Void, Never>
  }

  /// Whether there was no room for all of it.
  private var lacksRoom = false

  // What is written.
  private(set) var hasBegun = false
  private(set) var hasEnded = false
  private var writer: CheckedContinuation<Void, Never>?
  private var lastWrite: EventLoopFuture<Void>?
  private var leaving: Scheduled<Void>?

  /// Bytes of a body that come before anybody has asked for it; the connection is not read on then.
  private static let unasked = 64 << 10
  /// Bytes that are let pass for a caller who has its answer.
  private static let mostDropped = 64 << 20
  private static let patience = TimeAmount.seconds(5)

  /// - Parameters:
  ///   - context: where answers are written.
  ///   - onEnd: is called when the answer is complete.
  init(_ request: HTTPRequest, _ context: ChannelHandlerContext, onEnd: @escaping () -> Void) {
    self.request = request
    // Behind a request that asks for another protocol nothing can be read as HTTP.
    isLast =
      request.headerFields[.connection]?.lowercased().split(separator: ",").contains { word in
        ["close", "upgrade"].contains(word.filter { $0 != " " && $0 != "\t" })
      } ?? false
    self.context = context
    self.onEnd = onEnd
  }

  var loop: any EventLoop { context.eventLoop }

  /// The value of a header, by its name in lower case; nil when there is none.
  func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { request.headerFields[$0] } }

  /// With its question mark; empty where there is none.
  var query: String {
    guard let path = request.path, let mark = path.firstIndex(of: "?") else { return "" }
    return String(path[mark...])
  }

  // MARK: The body

  /// Whether more of the body may come now.
  var wantsBody: Bool { bodyReader != nil || dropsBody || body.readableBytes < CallerExchange.unasked }

  var isReceived: Bool { isBodyComplete }

  func receive(_ piece: ByteBuffer) {
    guard !dropsBody else {
      dropped += piece.readableBytes
      if dropped > CallerExchange.mostDropped { breakOff() }
      return
    }
    body.writeImmutableBuffer(piece)
    guard let bodyReader else { return }
    lacksRoom = !bodyReader.grow(piece.readableBytes)
    if lacksRoom || body.readableBytes > bodyReader.limit { resumeReader() }
  }

  func receiveEnd() {
    isBodyComplete = true
    resumeReader()
  }

  private func resumeReader() {
    let reader = bodyReader
    bodyReader = nil
    reader?.continuation.resume()
  }

  /// Waits for the whole body.
  /// - Parameter grow: takes room for bytes as they come; says whether there was some.
  /// - Throws: `NIOTooManyBytesError`, `BodyReader.NoRoom`, or `Gone`.
  func collect(upTo limit: Int, grow: @escaping (Int) -> Bool) async throws -> ByteBuffer {
    context.eventLoop.assertInEventLoop()
    lacksRoom = !grow(body.readableBytes)
    if !isBodyComplete, !isGone, !lacksRoom, body.readableBytes <= limit {
      await withCheckedContinuation { continuation in
        bodyReader = BodyWaiting(limit: limit, grow: grow, continuation: continuation)
        if request.headerFields[.expect]?.lowercased() == "100-continue" {
          write(.head(HTTPResponse(status: .continue)))
          context.flush()
        }
        context.read()
      }
    }
    guard body.readableBytes <= limit else { throw NIOTooManyBytesError(maxBytes: limit) }
    guard !lacksRoom else { throw BodyReader.NoRoom() }
    guard isBodyComplete else { throw Gone() }
    defer { body = ByteBuffer() }
    return body
  }

  /// Lets the rest of the body pass without keeping it: many clients read no answer before they have sent it.
  func dropBody() {
    dropsBody = true
    body = ByteBuffer()
    if !isBodyComplete { context.read() }
  }

  // MARK: The caller

  /// Calls a closure when the caller goes, at once if it has gone.
  func watch(_ onGone: @escaping () -> Void) {
    if isGone { onGone() } else { self.onGone = onGone }
  }

  func forget() { onGone = nil }

  /// The caller goes.
  func go() {
    guard !isGone else { return }
    isGone = true
    let watcher = onGone
    onGone = nil
    watcher?()
    resumeReader()
    resumeWriter()
  }

  /// Ends the connection at once.
  func breakOff() { context.close(promise: nil) }

  /// Ends the connection within the answer, behind all that was handed on and a last piece.
  func breakOff(saying last: ByteBuffer?) {
    guard !isGone else { return }
    guard let last else {
      context.flush()
      return breakOff()
    }
    let promise = context.eventLoop.makePromise(of: Void.self)
    lastWrite = promise.futureResult
    context.writeAndFlush(NIOAny(HTTPResponsePart.body(last)), promise: promise)
    close()
  }

  /// Ends the connection behind all that was handed on. Who takes nothing of it for a while is not waited for; who is only slow is.
  func close() {
    guard let lastWrite else { return breakOff() }
    wait(while: Int.max)
    lastWrite.assumeIsolated().whenComplete { [self] _ in
      leaving?.cancel()
      breakOff()
    }
  }

  /// - Parameter before: bytes that were still to be taken when it was last looked.
  private func wait(while before: Int) {
    leaving = context.eventLoop.assumeIsolated().scheduleTask(in: CallerExchange.patience) { [self] () -> Void in
      guard let left = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes), left < before else {
        return breakOff()
      }
      wait(while: left)
    }
  }

  // MARK: The answer

  func begin(_ head: HTTPResponse) {
    context.eventLoop.assertInEventLoop()
    guard !isGone else { return }
    hasBegun = true
    var head = head
    if isLast { head.headerFields[.connection] = "close" }
    write(.head(head))
  }

  /// Hands a piece on, and waits while the caller does not take what was handed on before.
  /// - Throws: `Gone`.
  func send(_ piece: ByteBuffer) async throws {
    context.eventLoop.assertInEventLoop()
    guard !isGone else { throw Gone() }
    write(.body(piece))
    guard !context.channel.isWritable else { return }
    context.flush()
    while !isGone, !context.channel.isWritable { await withCheckedContinuation { writer = $0 } }
    guard !isGone else { throw Gone() }
  }

  /// Everything that was handed on goes to the caller now.
  func flush() { if !isGone { context.flush() } }

  func end() {
    context.eventLoop.assertInEventLoop()
    guard !isGone, !hasEnded else { return }
    hasEnded = true
    let promise = isLast ? context.eventLoop.makePromise(of: Void.self) : nil
    lastWrite = promise?.futureResult
    context.writeAndFlush(NIOAny(HTTPResponsePart.end(nil)), promise: promise)
    onEnd()
  }

  private func write(_ part: HTTPResponsePart) { context.write(NIOAny(part), promise: nil) }

  func writabilityChanged() { if context.channel.isWritable { resumeWriter() } }

  private func resumeWriter() {
    let waiting = writer
    writer = nil
    waiting?.resume()
  }

  /// Answers with what this server itself says.
  func answer(_ answer: Answer) {
    var fields = HTTPFields(answer)
    fields[.contentLength] = "\(answer.body.count)"
    self.answer(HTTPResponse(status: .init(code: answer.status), headerFields: fields), ByteBuffer(bytes: answer.body))
  }

  /// Answers with a whole body.
  func answer(_ head: HTTPResponse, _ body: ByteBuffer) {
    begin(head)
    if body.readableBytes > 0, !isGone { write(.body(body)) }
    end()
  }
}
