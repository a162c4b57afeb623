/// Finds the prices of a model in one table.
public protocol PriceDirectory: Sendable {
  /// - Parameters:
  ///   - model: as it was reported.
  ///   - provider: nil when nobody said it; then the model's name alone decides.
  func prices(of model: String, provider: ProviderName?) -> Result<ModelPrices, PriceGap>

  /// How many models there are.
  var count: Int { get }
}
