public import Pricing
internal import Records
public import Redaction

/// What is done to a delivery before it is kept: words are taken out, and spans get their cost. What goes on to others
/// loses the same words (`Onward`).
public struct Reception: Sendable {
  private let redactor: Redactor?
  private let pricing: SpanPricing?

  /// - Parameters:
  ///   - redactor: nil keeps everything as it came.
  ///   - pricing: what prices spans in the commit that stores them; nil leaves them unpriced.
  public init(redactor: Redactor? = nil, pricing: SpanPricing? = nil) {
    self.redactor = redactor
    self.pricing = pricing
  }

  /// What is done to what goes on.
  public var onward: Onward { Onward(redactor) }

  /// - Returns: how many records were added to those that came.
  @discardableResult
  func prepare(_ batch: inout RecordBatch) -> Int {
    if let redactor { batch = redactor.redacted(batch) }
    return pricing?.addCosts(to: &batch) ?? 0
  }
}
