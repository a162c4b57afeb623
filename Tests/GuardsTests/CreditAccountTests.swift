import Guards
import SeededRandom
import Testing

/// Processes that spend credit of one window in memory: whatever they do, and whenever they die, no more is promised than there is,
/// and nothing that was spent is forgotten.
@Suite struct CreditAccountTests {
  /// A window, what is durable of it, and the processes.
  private struct State: Hashable {
    struct Process: Hashable {
      var account = CreditAccount()
      var block = CreditBlock()
      var calls: [Int128] = []
    }

    var window = BudgetWindow()
    var processes = [Process(), Process()]
    /// What calls really used.
    var used: Int128 = 0
    /// What was given up with more than it used, as the blocks of the dead are.
    var orphaned: Int128 = 0
    /// What calls with a break-glass key were promised beyond the limit.
    var exempt: Int128 = 0

    func check(limit: Int128) -> Bool {
      let held = processes.map(\.block.held).reduce(0, +)
      let untold = processes.map { $0.account.spent - $0.block.spent }.reduce(0, +)
      let isBacked = processes.allSatisfy {
        $0.account.promised == $0.calls.reduce(0, +) && $0.account.free >= 0
          && $0.block.held - ($0.account.spent - $0.block.spent) >= $0.account.promised + $0.account.free
      }
      // What the window knows and what nobody told it yet is all that was used; the rest is what the dead took along.
      return isBacked && window.held == held && window.spent + held <= limit + exempt && window.spent + untold >= used
        && window.spent + untold - used <= orphaned
    }
  }

  /// What comes of asking the window: nothing where it refuses.
  private func drawn(_ state: State, _ index: Int, _ amount: Int128, limit: Int128, isBound: Bool) -> [State] {
    let process = state.processes[index]
    var (next, drawing) = (state, process)
    let draw = drawing.account.draw(amount, of: &next.window, limit: limit, isBound: isBound, into: &drawing.block)
    if draw.left != nil {
      // Refused is only what this process and the window have not.
      #expect(amount > max(0, state.window.left(of: limit)) + process.account.free)
      guard !isBound else {
        #expect(drawing.account.promised == process.account.promised && drawing.account.free == process.account.free)
        return []
      }
      // Nothing is taken for others on credit that is not there.
      #expect(draw.extra == 0)
      next.exempt += amount - draw.own
      guard next.exempt <= 2 else { return [] }
    } else {
      // Nobody else's exemption lets in who is bound.
      #expect(next.window.spent + next.window.held <= limit)
    }
    // The transaction may come to nothing: the window is what it was, and so is all that it held.
    var failed = state
    failed.processes[index].account = drawing.account
    failed.processes[index].account.withdraw(amount, own: draw.own)
    // Or it may be durable and nobody heard of it.
    var unheard = next
    unheard.processes[index].block = drawing.block
    unheard.processes[index].account = failed.processes[index].account
    drawing.account.grant(draw.extra)
    drawing.calls.append(amount)
    next.processes[index] = drawing
    return [failed, unheard, next]
  }

  /// All that can happen next in a state.
  private func next(_ state: State, limit: Int128) -> [State] {
    var all: [State] = []
    for index in state.processes.indices {
      let process = state.processes[index]
      for amount in 1...2 as ClosedRange<Int128> where process.calls.count < 2 {
        var next = state
        if next.processes[index].account.promise(amount) {
          next.processes[index].calls.append(amount)
          all.append(next)
          continue
        }
        let bound = drawn(state, index, amount, limit: limit, isBound: true)
        // Whoever is not bound is refused nothing, and where nobody would be, it is as everybody.
        all += bound.isEmpty ? drawn(state, index, amount, limit: limit, isBound: false) : bound
      }
      for place in process.calls.indices {
        for actual in 0...process.calls[place] {
          var next = state
          next.processes[index].calls.remove(at: place)
          next.processes[index].account.settle(process.calls[place], actual: actual)
          next.used += actual
          all.append(next)
        }
      }
      for isLast in [false, true] {
        var next = state
        var telling = process
        let extra = telling.account.report(to: &next.window, limit: limit, &telling.block, isLast: isLast)
        let free = telling.account.free + extra
        // What it may have free it leaves others seven times over, and in the end it has nothing.
        #expect(free >= 0 && (isLast ? free == 0 : 7 * free <= next.window.left(of: limit)))
        var failed = state
        failed.processes[index].account = telling.account
        all.append(failed)
        var unheard = next
        unheard.processes[index] = telling
        all.append(unheard)
        telling.account.grant(extra)
        next.processes[index] = telling
        all.append(next)
      }
      // It dies, and its block is given up; another takes its place.
      var dead = state
      dead.window.abandon(process.block.held)
      dead.orphaned += process.block.held - (process.account.spent - process.block.spent)
      dead.processes[index] = State.Process()
      if state.orphaned < 3 { all.append(dead) }
    }
    return all
  }

  /// Every state that a small window with two processes can be in, by every way there of so many steps.
  @Test(arguments: zip([1, 2, 3], [7, 6, 5]))
  func noWayLeadsBeyondTheLimit(_ limit: Int, _ steps: Int) {
    let limit = Int128(limit)
    var seen: Set<State> = [State()]
    var frontier = [State()]
    for _ in 0..<steps {
      var following: [State] = []
      for state in frontier {
        for state in next(state, limit: limit) where seen.insert(state).inserted {
          guard state.check(limit: limit) else {
            Issue.record("\(state)")
            return
          }
          following.append(state)
        }
      }
      frontier = following
    }
    #expect(seen.count > 200)
  }

  /// Far more steps of larger amounts than can all be tried.
  @Test(arguments: 0..<20)
  func longWays(_ seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let limit = Int128(1 + random.below(5_000))
    var state = State()
    for step in 0..<4_000 {
      let index = random.below(2)
      var process = state.processes[index]
      switch random.below(10) {
      case 0..<4:
        let amount = Int128(random.below(40))
        if process.account.promise(amount) {
          process.calls.append(amount)
        } else {
          let isBound = !random.chance(0.05)
          let draw = process.account.draw(
            amount, of: &state.window, limit: limit, isBound: isBound, into: &process.block)
          if draw.left != nil, !isBound { state.exempt += amount - draw.own }
          if draw.left == nil || !isBound {
            process.account.grant(draw.extra)
            process.calls.append(amount)
          }
        }
      case 4..<8:
        guard !process.calls.isEmpty else { continue }
        let amount = process.calls.remove(at: random.below(process.calls.count))
        let actual = Int128(random.below(Int(amount) + 1))
        process.account.settle(amount, actual: actual)
        state.used += actual
      case 8:
        let isLast = random.chance(0.1)
        let extra = process.account.report(to: &state.window, limit: limit, &process.block, isLast: isLast)
        process.account.grant(extra)
        let free = process.account.free
        guard isLast ? free == 0 : 7 * free <= state.window.left(of: limit) else {
          Issue.record("step \(step): \(free) of \(state.window) is kept")
          return
        }
        // It comes to rest: what is told to a window is not told again and again.
        var (resting, window, block, reports) = (process.account, state.window, process.block, 0)
        while resting.isDirty(block), reports < 4 {
          resting.grant(resting.report(to: &window, limit: limit, &block))
          reports += 1
        }
        #expect(reports < 3 && !resting.isDirty(block))
      default:
        guard random.chance(0.02) else { continue }
        state.window.abandon(process.block.held)
        state.orphaned += process.block.held - (process.account.spent - process.block.spent)
        process = State.Process()
      }
      state.processes[index] = process
      guard state.check(limit: limit) else {
        Issue.record("step \(step): \(state)")
        return
      }
    }
    // In the end everything is told, and nothing is held without a call.
    for index in state.processes.indices {
      for amount in state.processes[index].calls {
        state.processes[index].account.settle(amount, actual: amount)
        state.used += amount
      }
      var block = state.processes[index].block
      _ = state.processes[index].account.report(to: &state.window, limit: limit, &block, isLast: true)
      #expect(state.processes[index].account.isEmpty)
    }
    #expect(state.window.held == 0 && state.window.spent == state.used + state.orphaned)
  }

  @Test func creditFollowsWhatWasPromised() {
    var (account, window, block) = (CreditAccount(), BudgetWindow(), CreditBlock())
    func call(_ amount: Int128 = 1) -> Bool {
      if account.promise(amount) { return true }
      let draw = account.draw(amount, of: &window, limit: 1_000, isBound: true, into: &block)
      account.grant(draw.extra)
      return false
    }
    // The first call asks the window for just itself, the second for as much again.
    #expect(!call() && account.free == 0)
    #expect(!call() && account.free == 1)
    #expect(call() && !call() && account.free == 3)
    for _ in 0..<4 { account.settle(1, actual: 1) }
    // Twice what was lately promised is kept ready, so that calls do not wait.
    account.grant(account.report(to: &window, limit: 1_000, &block))
    #expect(account.free == 8 && window == BudgetWindow(spent: 4, held: 8))
    for _ in 0..<8 { #expect(call()) }
    for _ in 0..<8 { account.settle(1, actual: 0) }
    // What nobody needs goes back: what was too much at once, but for two calls that may come, and all of it in the end.
    account.grant(account.report(to: &window, limit: 1_000, &block))
    #expect(account.free == 16 && window == BudgetWindow(spent: 4, held: 16))
    account.grant(account.report(to: &window, limit: 1_000, &block))
    #expect(account.free == 16 && account.isDirty(block))
    account.grant(account.report(to: &window, limit: 1_000, &block))
    #expect(account.free == 2 && !account.isDirty(block) && window == BudgetWindow(spent: 4, held: 2))
    // The first of them takes what is there, and there is nothing to ask for; the second leaves nothing for a third.
    #expect(call() && !account.isDirty(block))
    #expect(call() && account.isDirty(block))
    account.grant(account.report(to: &window, limit: 1_000, &block))
    #expect(account.free == 4 && window == BudgetWindow(spent: 4, held: 6))
    for _ in 0..<2 { account.settle(1, actual: 1) }
    _ = account.report(to: &window, limit: 1_000, &block, isLast: true)
    #expect(account.isEmpty && !account.isDirty(block) && window == BudgetWindow(spent: 6, held: 0))
  }

  /// Of a large call only one may be kept ready, and of one that is larger than a process's share none.
  @Test(arguments: [(60, 120), (100, 125), (125, 125), (126, 0), (900, 0)])
  func whatIsKeptIsAShare(_ amount: Int, _ kept: Int) {
    var (account, window, block) = (CreditAccount(), BudgetWindow(), CreditBlock())
    _ = account.draw(Int128(amount), of: &window, limit: 1_000, isBound: true, into: &block)
    account.settle(Int128(amount), actual: 0)
    for _ in 0..<5 {
      account.grant(account.report(to: &window, limit: 1_000, &block))
      #expect(account.free == kept && window == BudgetWindow(held: Int128(kept)))
    }
    #expect(!account.isDirty(block))
    // What comes back from a call that used nothing is no more than was kept before.
    guard kept >= amount else { return }
    let isPromised = account.promise(Int128(amount))
    #expect(isPromised)
    account.settle(Int128(amount), actual: 0)
    #expect(account.free == kept && !account.isDirty(block))
  }

  /// What comes back beyond the share that may be kept is given back.
  @Test func whatComesBackIsNoMoreThanAShare() {
    var (account, window, block) = (CreditAccount(), BudgetWindow(), CreditBlock())
    account.grant(account.draw(4, of: &window, limit: 10, isBound: true, into: &block).extra)
    account.grant(account.report(to: &window, limit: 10, &block))
    #expect(account.free == 0 && !account.isDirty(block))
    account.settle(4, actual: 0)
    #expect(account.free == 4 && account.isDirty(block))
    account.grant(account.report(to: &window, limit: 10, &block))
    #expect(account.isEmpty && window == BudgetWindow() && !account.isDirty(block))
  }

  /// An eighth of what is left is the most that a process has free, and less than a call is nothing.
  @Test func blocksShrinkToOneCall() {
    var (account, window, block) = (CreditAccount(), BudgetWindow(spent: 900), CreditBlock())
    for _ in 0..<3 {
      if !account.promise(10) {
        account.grant(account.draw(10, of: &window, limit: 1_000, isBound: true, into: &block).extra)
      }
    }
    // 90 and 80 left: an eighth is as much as a call; 70: less.
    #expect(account.free == 0 && window.held == 30 || account.free == 10)
    account.grant(account.report(to: &window, limit: 1_000, &block))
    #expect(account.free == 0 && block == CreditBlock(held: account.promised))
  }

  /// What cost more than its worst is told, and leaves less.
  @Test func whatCostsMoreThanItsWorst() {
    var (account, window, block) = (CreditAccount(), BudgetWindow(), CreditBlock())
    _ = account.draw(4, of: &window, limit: 10, isBound: true, into: &block)
    account.settle(4, actual: 12)
    #expect(account.free == -8 && !account.promise(1))
    account.grant(account.report(to: &window, limit: 10, &block))
    #expect(window == BudgetWindow(spent: 12, held: 0) && account.free == 0)
    #expect(account.draw(1, of: &window, limit: 10, isBound: true, into: &block).left == 0)
  }

  /// What cost more than its worst is taken off before the window hears of it, and is not forgotten where telling it fails.
  @Test func overrunsCountAtOnce() {
    var (account, window, block) = (CreditAccount(), BudgetWindow(), CreditBlock())
    _ = account.draw(4, of: &window, limit: 10, isBound: true, into: &block)
    account.settle(4, actual: 6)
    var (failed, lost, gone) = (account, window, block)
    _ = failed.report(to: &lost, limit: 10, &gone)
    #expect(failed.free == -2)
    // Of ten, six are spent: five are too many, four fit.
    #expect(account.draw(5, of: &window, limit: 10, isBound: true, into: &block).left == 4)
    let draw = account.draw(4, of: &window, limit: 10, isBound: true, into: &block)
    #expect(draw.left == nil && draw.own == -2 && account.free == 0 && account.promised == 4)
    #expect(block.held - (account.spent - block.spent) == account.promised && window.held == 10)
    account.withdraw(4, own: draw.own)
    #expect(account.free == -2 && account.promised == 0)
  }

  /// What passes an exhausted budget counts, and leaves everybody else less than nothing.
  @Test func whatIsExemptCountsAndLeavesTheOthersNothing() {
    var (window, others) = (BudgetWindow(spent: 9), CreditAccount())
    var (account, block, othersBlock) = (CreditAccount(), CreditBlock(), CreditBlock())
    // The last one is everybody's: it is taken first, and only what is missing is beyond the limit.
    let draw = account.draw(3, of: &window, limit: 10, isBound: false, into: &block)
    #expect(draw.left == 1 && draw.extra == 0 && window == BudgetWindow(spent: 9, held: 3))
    #expect(others.draw(1, of: &window, limit: 10, isBound: true, into: &othersBlock).left == 0)
    account.settle(3, actual: 1)
    #expect(account.free == 2)
    // What it did not use is given back to the last, and beyond the limit to nobody.
    account.grant(account.report(to: &window, limit: 10, &block))
    #expect(account.isEmpty && window == BudgetWindow(spent: 10, held: 0))
    #expect(others.draw(1, of: &window, limit: 10, isBound: true, into: &othersBlock).left == 0)
    // What is promised nothing, because nobody knows its worst, is spent as it was.
    #expect(account.draw(0, of: &window, limit: 10, isBound: false, into: &block).left == nil)
    account.settle(0, actual: 7)
    account.grant(account.report(to: &window, limit: 10, &block))
    #expect(window == BudgetWindow(spent: 17, held: 0) && account.free == 0 && block == CreditBlock(spent: 8))
  }

  /// A budget that only watches lets a call pass, and says what it would have done.
  @Test func whatOnlyWatches() {
    var (account, window, block) = (CreditAccount(), BudgetWindow(spent: 9), CreditBlock())
    let draw = account.draw(4, of: &window, limit: 10, isBound: false, into: &block)
    #expect(draw.left == 1 && account.promised == 4 && window.held == 4 && block.held == 4)
    account.settle(4, actual: 3)
    account.grant(account.report(to: &window, limit: 10, &block))
    #expect(window == BudgetWindow(spent: 12, held: 0))
  }
}
