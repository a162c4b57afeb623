import Guards
import SeededRandom
import Testing

/// What is granted always fits, whatever happens in which order.
@Suite struct BudgetWindowTests {
  /// A budget, and the promises that are open.
  private struct State: Hashable {
    var window = BudgetWindow()
    var open: [Int128] = []
  }

  /// Every state that a small budget can be in, by every way there.
  @Test(arguments: 0...5)
  func noWayLeadsBeyondTheLimit(_ limit: Int) {
    let limit = Int128(limit)
    var seen: Set<State> = [State()]
    var waiting = [State()]
    while let state = waiting.popLast() {
      #expect(state.window.held == state.open.reduce(0, +))
      #expect(state.window.spent + state.window.held <= limit)
      #expect(state.window.left(of: limit) == limit - state.window.spent - state.window.held)
      var next: [State] = []
      for amount in 0...limit + 1 {
        var state = state
        switch state.window.reserve(amount, limit: limit) {
        case .granted:
          state.open = (state.open + [amount]).sorted()
          if state.open.count <= 4 { next.append(state) }
        case .refused(let left):
          // Refused is only what does not fit, and nothing changes.
          #expect(amount > left && left == state.window.left(of: limit))
        }
      }
      for place in state.open.indices {
        let amount = state.open[place]
        var rest = state
        rest.open.remove(at: place)
        for actual in 0...amount {
          var settled = rest
          settled.window.settle(amount, actual: actual)
          #expect(settled.window.spent == state.window.spent + actual)
          next.append(settled)
        }
        var abandoned = rest
        abandoned.window.abandon(amount)
        next.append(abandoned)
      }
      for state in next where seen.insert(state).inserted { waiting.append(state) }
    }
    #expect(limit == 0 || seen.count > 4)
  }

  @Test func whatCostsMoreThanItsWorstIsSpentAllTheSame() {
    var window = BudgetWindow()
    #expect(window.reserve(4, limit: 10) == .granted)
    window.settle(4, actual: 12)
    #expect(window.spent == 12 && window.held == 0 && window.left(of: 10) == 0)
    #expect(window.reserve(0, limit: 10) == .refused(left: 0))
  }

  @Test func numbersThatAreTooLargeAreRefusedAndNotWrapped() {
    var window = BudgetWindow(spent: .max, held: 1)
    #expect(window.left(of: .max) == 0)
    #expect(window.reserve(1, limit: .max) == .refused(left: 0))
    #expect(window.reserve(-1, limit: .max) == .refused(left: 0))
    window.note(.max)
    window.abandon(.max)
    #expect(window.spent == .max && window.held == 0)
  }
}
