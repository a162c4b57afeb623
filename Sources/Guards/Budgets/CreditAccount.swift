/// What is durable of the credit that one process has taken of a budget's window: its block.
public struct CreditBlock: Sendable, Hashable {
  /// What the window holds for the process.
  public var held: Int128
  /// What the process has told the window that it has spent, in all.
  public var spent: Int128

  public init(held: Int128 = 0, spent: Int128 = 0) {
    self.held = held
    self.spent = spent
  }
}

/// What one process may promise of a budget's window without asking anybody, and what it has spent since it told so.
///
/// A durable reservation for each call costs more than the call. So a process takes credit of the window in blocks, each durable
/// before any of it is promised, and promises, settles and promises again in memory. Blocks follow what was lately promised, are kept
/// for two calls more for a while after the last one, and shrink to one call as the window comes to its end: what one process holds
/// without need, others are refused.
///
/// | state | event | next |
/// |---|---|---|
/// | free, promised, spent | promise(a), a ≤ free | free − a, promised + a |
/// | free, promised, spent | settle(a, b), b what it really was | free + a − b, promised − a, spent + b |
/// | free, promised, spent | draw(a), a > free, the window grants a − free | 0, promised + a: the block holds a − free more |
/// | free, promised, spent | draw(a), else, bound | unchanged: refused, with what is left for this process |
/// | free, promised, spent | draw(a), else, not bound | 0, promised + a: the block holds a − free more, beyond the limit |
/// | free, promised, spent | report, t what should be free | min(free, t), promised, spent: the block holds promised + t |
/// | free, promised, spent | report that is the last | min(free, 0), promised, spent: the block holds promised |
/// | free, promised, spent | grant(e), a block that holds e more is durable | free + e, promised, spent |
///
/// Between its transactions `block.held − (spent − block.spent)` is at least `promised + free`: whatever is promised here is held
/// there. What should be free is twice what was lately promised, or two calls like the newest, but no more than a share of what is
/// left, and nothing where that is less than a call. Whether a call may come soon, only a clock says: whoever has it (the store)
/// makes a report the last when nobody has called for a while. So a window whose processes die loses nothing but what they did not
/// say: their blocks count as spent as a whole.
public struct CreditAccount: Sendable, Hashable {
  /// What may be promised. Below zero where something cost more than its worst.
  public private(set) var free: Int128 = 0
  public private(set) var promised: Int128 = 0
  /// Calls that are promised something, be it nothing: what is thought to be free may cost something after all.
  private var calls = 0
  /// In all, told or not.
  public private(set) var spent: Int128 = 0
  /// What was promised since the last report, and before that from the one before.
  private var demand: Int128 = 0
  private var earlier: Int128 = 0
  /// The newest amount that was asked for: credit that is less helps nobody.
  private var latest: Int128 = 0
  /// What the last report said should be free. More came back from calls, or was drawn besides.
  private var target: Int128 = 0

  public init() {}

  /// Whether the window should be told something, given something back, or asked for something, although calls may come.
  ///
  /// False after a report that is durable, unless much was promised lately; and then after two more.
  public func isDirty(_ told: CreditBlock) -> Bool {
    spent != told.spent || free < 0 || free > min(kept, target) || free < latest && demand != 0
  }

  /// What stays free for the next calls, where there is enough for all.
  private var kept: Int128 { 2 * latest }

  /// Whether it can be forgotten.
  public var isEmpty: Bool { free == 0 && promised == 0 && calls == 0 }

  /// Promises an amount out of what is free.
  /// - Returns: whether there was enough.
  public mutating func promise(_ amount: Int128) -> Bool {
    latest = max(0, amount)
    guard amount >= 0, amount <= free else { return false }
    free -= amount
    promised += amount
    demand += amount
    calls += 1
    return true
  }

  /// Takes a promise back: what it was for does not happen, or its block is not durable.
  /// - Parameter own: what of it was taken out of what was free.
  public mutating func withdraw(_ amount: Int128, own: Int128) {
    free += own
    promised -= amount
    calls -= 1
    demand = max(0, demand - amount)
  }

  /// What was promised is spent now, as much as it really was.
  public mutating func settle(_ amount: Int128, actual: Int128) {
    let actual = min(max(0, actual), CreditAccount.most)
    promised -= amount
    calls -= 1
    free += amount - actual
    spent += actual
  }

  /// What became of asking the window.
  public struct Draw: Sendable, Equatable {
    /// What the window had too little of; nil where it had enough.
    public var left: Int128?
    /// What was taken out of what was free; below zero where that was: then so much more was asked for.
    public let own: Int128
    /// What is free besides, once the block is durable.
    public var extra: Int128 = 0
  }

  /// Promises an amount of which too little is free here, with what the window has.
  /// - Parameters:
  ///   - isBound: whether the window's limit keeps it back, or only says that it would have: where a budget only watches, and for
  ///     calls with a break-glass key. Of one window both may be asked, in any order; what is held beyond the limit leaves those who
  ///     are bound nothing.
  ///   - block: of this account; holds more afterwards, unless it is refused.
  public mutating func draw(
    _ amount: Int128, of window: inout BudgetWindow, limit: Int128, isBound: Bool, into block: inout CreditBlock
  ) -> Draw {
    latest = max(0, amount)
    let own = min(free, max(0, amount))
    var draw = Draw(own: own)
    if case .refused(let left) = window.reserve(amount - own, limit: limit) {
      draw.left = max(0, left + own)
      guard !isBound else { return draw }
      window.note(amount - own)
    } else {
      draw.extra = min(CreditAccount.share(window.left(of: limit)), max(demand, earlier))
      if draw.extra < amount { draw.extra = 0 }
      window.note(draw.extra)
    }
    free -= own
    promised += amount
    demand += amount
    calls += 1
    block.held += amount - own + draw.extra
    return draw
  }

  /// Tells the window what was spent, gives back what is not needed, and asks for what soon will be.
  /// - Parameter isLast: gives back all that is not promised: no call will come soon.
  /// - Returns: what is free besides, once the block is durable.
  public mutating func report(
    to window: inout BudgetWindow, limit: Int128, _ block: inout CreditBlock, isLast: Bool = false
  ) -> Int128 {
    window.settle(block.held, actual: spent - block.spent)
    window.note(promised)
    let recent = max(demand, earlier)
    (earlier, demand) = (isLast ? 0 : demand, 0)
    target = isLast ? 0 : min(CreditAccount.share(window.left(of: limit)), max(2 * recent, kept))
    if target < latest { target = 0 }
    free = min(free, target)
    let extra = target - free
    window.note(target)
    block = CreditBlock(held: promised + target, spent: spent)
    return extra
  }

  /// What was asked for is durable.
  public mutating func grant(_ extra: Int128) { free += extra }

  /// What one process may have free of what is left: the others need some too.
  private static func share(_ left: Int128) -> Int128 { left / 8 }

  /// The largest amount: no sum of such amounts overflows.
  public static let most = Int128(Int64.max) << 32
}
