internal import Gateway
internal import Guards
internal import HTTPTypes
internal import NIOCore
internal import Records

extension CallDesk {
  /// What people have ordered of calls, and how the ledger says so.
  struct Orders: Sendable {
    let desk: OrderDesk
    let watch: LedgerWatch
  }

  /// How often it is looked whether the caller of a delayed call has gone.
  private static let glance = Duration.milliseconds(100)

  /// Plays a drill's failure to a call, as if its upstream had failed. No breaker is told: it is about everybody's calls.
  /// - Returns: nil where the call goes on, later.
  func meet(
    _ drill: CallDrill, _ span: inout CallSpan, _ order: Attempt.Place, in place: CallRecorder.Place,
    for caller: CallerExchange
  ) async throws(CallRefusal) -> Attempt? {
    switch drill.fault {
    case .latency(let delay):
      // Others need the passage meanwhile, which may be the only probe; and a call that was delayed says nothing of its upstream.
      order.passage?.abandon()
      span.passage = nil
      let began = ContinuousClock.now
      while ContinuousClock.now - began < delay, !caller.isGone {
        try? await Task.sleep(for: min(delay - (ContinuousClock.now - began), CallDesk.glance))
      }
      span.delay = delay
      return nil
    case .status(let status):
      order.passage?.abandon()
      let refusal = DrillReply.refusal(drill, status: status)
      span.refusal = refusal
      recorder.record(span, in: place)
      return .failed(.refusal(refusal.naming(span)))
    case .empty:
      order.passage?.abandon()
      let (answer, whole) = DrillReply.empty(span.request, id: span.spanID)
      span.status = answer.status
      span.observation.reply = whole
      span.isPlayed = true
      var fields = HTTPFields()
      fields.name(span.reference)
      if let name = HTTPField.Name("x-tally-drill") { fields[name] = drill.name }
      if let type = answer.contentType { fields[.contentType] = type }
      recorder.record(span, in: place)
      caller.answer(HTTPResponse(status: .ok, headerFields: fields), ByteBuffer(bytes: answer.body))
      return .answered(answer.status)
    }
  }
}
