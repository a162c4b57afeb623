internal import NIOCore
internal import Synchronization

/// Tells who waits for an answer from others that its caller has gone.
///
/// Hummingbird notices that only when it writes. A caller that closes its half of the connection counts as gone while a model is
/// called for it, as it does for nginx: SDKs that give up do just that.
final class Departures: Sendable {
  private struct State {
    var watches: [ObjectIdentifier: @Sendable () -> Void] = [:]
    /// Connections of which one half is closed.
    var halves: Set<ObjectIdentifier> = []
  }

  private let state = Mutex(State())

  /// Calls a closure when the caller at a connection goes, at once if it has gone.
  func watch(_ channel: any Channel, _ onGone: @escaping @Sendable () -> Void) {
    let id = ObjectIdentifier(channel)
    let hasGone = state.withLock { state in
      state.watches[id] = onGone
      return state.halves.contains(id)
    }
    if hasGone || !channel.isActive { onGone() }
  }

  func forget(_ channel: any Channel) {
    state.withLock { $0.watches[ObjectIdentifier(channel)] = nil }
  }

  fileprivate func closedHalf(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    let onGone = state.withLock { state in
      state.halves.insert(id)
      return state.watches[id]
    }
    onGone?()
  }

  fileprivate func closed(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    let onGone = state.withLock { state in
      state.halves.remove(id)
      return state.watches.removeValue(forKey: id)
    }
    onGone?()
  }
}

/// Sees how a connection ends.
final class DepartureHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = NIOAny
  typealias InboundOut = NIOAny

  private let departures: Departures

  init(_ departures: Departures) {
    self.departures = departures
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed? = event as? ChannelEvent { departures.closedHalf(context.channel) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    departures.closed(context.channel)
    context.fireChannelInactive()
  }
}
