import Guards
import Records
import Testing

/// Which calls a freeze lets pass, and which meet a drill.
@Suite struct OrderTests {
  private static let order = StandingOrder(
    reason: "wrong prices", actor: "noor", at: Instant(nanoseconds: 1), expiresAt: Instant(nanoseconds: 9))

  /// Every row of the table: what is frozen, how, and what a call has there.
  @Test func theTableOfFreezes() {
    for subject in [CallFreeze.Subject.feature("bot"), .model("m")] {
      for pin in CallFreeze.Pin.allCases {
        for mode in CallFreeze.Mode.allCases {
          let frozen = CallFreeze(subject, pin: pin, allowed: ["a", "b"], mode: mode, order: OrderTests.order)
          #expect(frozen.permits("a") && frozen.permits("b") && !frozen.permits("c") && !frozen.permits(nil))
          let stopped = CallFreeze(subject, pin: pin, allowed: nil, mode: mode, order: OrderTests.order)
          #expect(!stopped.permits("a") && !stopped.permits(nil))
          let isFeature = subject.word == "feature"
          #expect(frozen.covers(feature: "bot", model: "x") == isFeature)
          #expect(frozen.covers(feature: "x", model: "m") == !isFeature)
          #expect(!frozen.covers(feature: "m", model: "bot"))
          for freeze in [frozen, stopped] {
            #expect(CallFreeze(subject.text, facts: freeze.facts, order: OrderTests.order) == freeze)
          }
        }
      }
    }
    #expect(CallFreeze.Subject("feature:a:b") == .feature("a:b") && CallFreeze.Subject("model:") == nil)
    #expect(
      CallFreeze.Subject("route:x") == nil
        && CallFreeze("feature:x", facts: JSONObject(), order: OrderTests.order) == nil)
  }

  @Test func theEndIsTheFirstInstantAfterwards() {
    #expect(
      !OrderTests.order.isOver(at: Instant(nanoseconds: 8)) && OrderTests.order.isOver(at: Instant(nanoseconds: 9)))
  }

  @Test func onlyChosenKeysMeetADrill() {
    let drill = CallDrill("d", .status(529), keys: ["staging"], model: "m", share: 0.3, order: OrderTests.order)
    #expect(drill.meets(key: "staging", model: "m", chance: 0.29))
    #expect(!drill.meets(key: "staging", model: "m", chance: 0.3))
    #expect(!drill.meets(key: "live", model: "m", chance: 0) && !drill.meets(key: nil, model: "m", chance: 0))
    #expect(!drill.meets(key: "staging", model: "n", chance: 0))
    for fault in [CallDrill.Fault.latency(.milliseconds(1_500)), .status(529), .empty] {
      for model in [nil, "m"] {
        let drill = CallDrill("d", fault, keys: ["a", "b"], model: model, share: 0.25, order: OrderTests.order)
        #expect(CallDrill("d", facts: drill.facts, order: OrderTests.order) == drill)
      }
    }
    #expect(CallDrill("d", facts: JSONObject(), order: OrderTests.order) == nil)
  }
}
