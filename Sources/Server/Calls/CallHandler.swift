internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Takes calls of models out of a connection, before Hummingbird sees them: they are answered on the connection's own event loop.
///
/// Requests of one connection are answered in their order: what comes while another is being answered waits here.
final class CallHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// What answers the calls.
  private let desk: CallDesk
  private var executor: LoopExecutor?
  /// Requests that went on and have no answer yet.
  private var others = 0
  private var call: CallerExchange?
  /// What waits for its turn.
  private var held: [HTTPRequestPart] = []
  private var heldError: (any Error)?
  private var holdsRead = false

  init(_ desk: CallDesk) {
    self.desk = desk
  }

  // MARK: In

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    if held.isEmpty { take(part, context) } else { held.append(part) }
  }

  private func take(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
    if let call {
      guard !call.isReceived else { return held.append(part) }
      switch part {
      case .head: held.append(part)
      case .body(let piece): call.receive(piece)
      case .end:
        call.receiveEnd()
        finish(context)
      }
    } else if case .head(let request) = part {
      guard let work = desk.work(for: request) else {
        others += 1
        return context.fireChannelRead(wrapInboundOut(part))
      }
      guard others == 0 else { return held.append(part) }
      begin(request, work, context)
    } else {
      context.fireChannelRead(wrapInboundOut(part))
    }
  }

  private func begin(_ request: HTTPRequest, _ work: CallDesk.Work, _ context: ChannelHandlerContext) {
    let executor = executor ?? LoopExecutor(context.eventLoop)
    self.executor = executor
    let call = CallerExchange(request, context) { [self] in finish(context) }
    self.call = call
    Task(executorPreference: executor) { [desk] in await desk.answer(call, work) }
  }

  /// A call ends when its answer is complete, and its request is too.
  private func finish(_ context: ChannelHandlerContext) {
    guard let call, call.hasEnded else { return }
    guard call.isReceived else { return call.dropBody() }
    if call.isLast { return call.close() }
    self.call = nil
    resume(context)
  }

  private func resume(_ context: ChannelHandlerContext) {
    if !held.isEmpty {
      let parts = held
      held = []
      for part in parts { if held.isEmpty { take(part, context) } else { held.append(part) } }
      context.fireChannelReadComplete()
    }
    if held.isEmpty, call == nil, let error = heldError {
      heldError = nil
      context.fireErrorCaught(error)
    }
    if holdsRead, wantsRead {
      holdsRead = false
      context.read()
    }
  }

  private var wantsRead: Bool { held.isEmpty && call.map { $0.isReceived || $0.wantsBody } ?? true }

  func read(context: ChannelHandlerContext) {
    if wantsRead { context.read() } else { holdsRead = true }
  }

  // MARK: Out

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let part = unwrapOutboundIn(data)
    context.write(wrapOutboundOut(part), promise: promise)
    guard case .end = part else { return }
    others = max(0, others - 1)
    if others == 0, call == nil { resume(context) }
  }

  // MARK: The end

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    call?.writabilityChanged()
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed? = event as? ChannelEvent { call?.go() }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    call?.go()
    call = nil
    context.fireChannelInactive()
  }

  /// What cannot be read is answered by Hummingbird, when it is its turn, and never in the middle of an answer.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard held.isEmpty, call.map({ !$0.isReceived }) ?? true else {
      // What follows the first one is its consequence.
      if heldError == nil { heldError = error }
      return
    }
    guard let call else { return context.fireErrorCaught(error) }
    call.go()
    if call.hasBegun { context.close(promise: nil) } else { context.fireErrorCaught(error) }
  }
}
