/// Why a call has no known cost. An unknown cost is never nothing: whoever adds costs up says how many are unknown.
public enum PriceGap: Error, Sendable, Hashable {
  /// Nobody said which model answered.
  case noModel
  /// The call's usage was not reported.
  case noUsage
  /// One side of the call was not reported.
  case sideMissing(BilledKind)
  /// The table has no such model, or not of this provider.
  case unknownModel(model: String, provider: String?)
  /// The table does not know who billed the call.
  case unknownProvider(String)
  /// The table has the model, but no price that held at the time.
  case notInForce
  /// Something was used that has no price.
  case unpriced(BilledKind)
  /// Something was used that has a price only for shorter calls.
  case unpricedAbove(BilledKind, tokens: Int64)
  /// The call ran in a mode that has no price.
  case mode(name: String, word: String)
  /// The parts that were reported are more than their whole.
  case inconsistent(BilledKind)
  /// Parts of the call have prices in different currencies, which are never added.
  case currencies
  /// The amount is beyond all reason.
  case tooLarge

  /// In a few words, the same for all calls with the same gap. No counts: reasons are kept once and counted.
  public var reason: String {
    switch self {
    case .noModel: "no model is named"
    case .noUsage: "no tokens were reported"
    case .sideMissing(let kind): "the \(kind.words) were not reported"
    case .unknownModel(let model, let provider?): "no price for model '\(model)' of '\(provider)'"
    case .unknownModel(let model, nil): "no price for model '\(model)'"
    case .unknownProvider(let provider): "no prices of provider '\(provider)'"
    case .notInForce: "no price held at that time"
    case .unpriced(let kind): "no price for \(kind.words)"
    case .unpricedAbove(let kind, let tokens): "no price for \(kind.words) in calls above \(tokens) input tokens"
    case .mode(let name, let word): "no price for \(name) '\(word)'"
    case .inconsistent(let kind): "the parts of the \(kind.words) are more than all of them"
    case .currencies: "its parts have prices in different currencies"
    case .tooLarge: "the amount is beyond all reason"
    }
  }
}
