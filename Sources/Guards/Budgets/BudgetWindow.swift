/// What one budget has spent and promised in one window of time, and what may still be promised.
///
/// | state | event | next |
/// |---|---|---|
/// | spent, held | reserve(a), spent + held + a ≤ limit | spent, held + a: granted |
/// | spent, held | reserve(a), else | unchanged: refused, with what is left |
/// | spent, held | settle(a, b), b what it really was | spent + b, held − a |
/// | spent, held | abandon(a), nobody says any more what it was | spent + a, held − a |
///
/// Whatever is promised is held before anything is called, at its worst; so nothing is spent that was not granted, as long as
/// nothing costs more than its worst. What does (`settle` with more than was held) is spent all the same, and is no longer left.
/// Amounts are whole numbers of the budget's unit: calls, tokens, or 10⁻¹² of a currency.
public struct BudgetWindow: Sendable, Hashable {
  /// What became of a reservation.
  public enum Answer: Sendable, Equatable {
    case granted
    /// It was not; so much is left.
    case refused(left: Int128)
  }

  public private(set) var spent: Int128
  public private(set) var held: Int128

  /// - Parameters: neither is negative.
  public init(spent: Int128 = 0, held: Int128 = 0) {
    self.spent = max(0, spent)
    self.held = max(0, held)
  }

  /// What may still be promised.
  public func left(of limit: Int128) -> Int128 { max(0, limit - BudgetWindow.sum(spent, held)) }

  /// Promises an amount, or says what is left.
  /// - Parameter amount: is not negative.
  public mutating func reserve(_ amount: Int128, limit: Int128) -> Answer {
    guard amount >= 0, amount <= limit, BudgetWindow.sum(spent, held) <= limit - amount else {
      return .refused(left: left(of: limit))
    }
    held += amount
    return .granted
  }

  /// Promises an amount whatever the limit is: where a budget only watches.
  public mutating func note(_ amount: Int128) { held = BudgetWindow.sum(held, max(0, amount)) }

  /// What was promised is spent now, as much as it really was.
  public mutating func settle(_ amount: Int128, actual: Int128) {
    held = max(0, held - max(0, amount))
    spent = BudgetWindow.sum(spent, max(0, actual))
  }

  /// What was promised is spent: nobody can say any more how much of it really was.
  public mutating func abandon(_ amount: Int128) { settle(amount, actual: amount) }

  /// The sum, or the largest number there is.
  private static func sum(_ left: Int128, _ right: Int128) -> Int128 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }
}
