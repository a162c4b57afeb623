import Records

/// Models by the names that the user gave them, whoever bills them: the prices of `tally.yaml`.
public struct OwnDirectory: PriceDirectory {
  private let models: [String: ModelPrices]

  /// Of models with the same id the first counts. Ids are in Unicode's normal form C and compare by case.
  public init(_ models: [ModelPrices]) {
    self.models = Dictionary(models.map { ($0.id, $0) }) { first, _ in first }
  }

  public var count: Int { models.count }

  public func prices(of model: String, provider: ProviderName?) -> Result<ModelPrices, PriceGap> {
    models[model.identifier].map(Result.success) ?? .failure(.unknownModel(model: model, provider: nil))
  }
}
