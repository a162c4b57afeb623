public import Records

/// `classifiers.<classifier>`: a model that routes by label, and what its errors cost.
public struct ClassifierSettings: Configurable {
  /// The suite whose trials count.
  public var suite = ""
  /// The variant that is in use.
  public var incumbentVariant: String?
  /// The variant that is judged.
  public var variant: String?
  /// The label for inputs that fit none.
  public var otherLabel = "OTHER"
  /// What it costs to have a person decide one item.
  public var review: Money?
  /// The feature whose traffic is routed.
  public var feature: String?
  /// Who answers for the classifier.
  public var owner: String?
  /// The labels that may be predicted.
  public var labels = NamedEntries<LabelSettings>()
  /// Thresholds of checks for this classifier.
  public var policies = PolicyOverrides()

  public init() {}

  public static let keys: [Key<ClassifierSettings>] = [
    Key("suite", \.suite, .id, "The suite whose trials count", required: true),
    Key("incumbent_variant", \.incumbentVariant, .optional(.text), "The variant that is in use"),
    Key("variant", \.variant, .optional(.text), "The variant that is judged"),
    Key("other_label", \.otherLabel, .text, "The label for inputs that fit none"),
    Key("review", \.review, .optional(.money), "What it costs to have a person decide one item"),
    Key("feature", \.feature, .optional(.id), "The feature whose traffic is routed"),
    Key("owner", \.owner, .optional(.text), "Who answers for the classifier"),
    Key("labels", \.labels, .map(of: .object, named: "label"), "The labels that may be predicted"),
    Key("policies", \.policies, .policies(withDefault: false), "Thresholds of checks for this classifier"),
  ]

  public func faults() -> [Fault] {
    let predicted = labels.ids + [otherLabel]
    let allowed = predicted + [LabelSettings.anyOther]
    var faults: [Fault] = []
    for label in labels {
      for error in label.value.error where !allowed.contains(error.id) {
        let remedy = Spelling.nearest(to: error.id, in: allowed).map { "Did you mean '\($0)'?" }
        faults.append(
          Fault(
            key: "labels", below: [.key(label.id), .key("error"), .key(error.id)],
            problem: "the error of \(quoted(label.id)) names \(quoted(error.id)), which is no label",
            remedy: remedy ?? "Labels are: \(predicted.joined(separator: ", "))."))
      }
    }
    let amounts = [review].compactMap(\.self) + labels.flatMap { $0.value.error.map(\.value) }
    let currencies = Set(amounts.map(\.currency)).sorted()
    if currencies.count > 1 {
      faults.append(
        Fault(
          key: "labels", problem: "costs are in \(currencies.joined(separator: " and ")), which cannot be compared",
          remedy: "Write all costs of a classifier in one currency."))
    }
    return faults
  }
}

/// `classifiers.<classifier>.labels.<label>`: a label, by the truth.
public struct LabelSettings: Configurable {
  /// The key in `error` that stands for all labels not named.
  public static let anyOther = "default"

  /// Whether missing it fails.
  public var isCritical = false
  /// Least recall.
  public var floor = 0.85
  /// What it costs when this label is the truth and another is predicted, by the predicted label; `default` for the rest.
  public var error = NamedEntries<Money>()

  public init() {}

  public static let keys: [Key<LabelSettings>] = [
    Key("critical", \.isCritical, .flag, "Whether missing it fails"),
    Key("floor", \.floor, .share, "Least recall (share)"),
    Key("error", \.error, .map(of: .money, named: "predicted"), "Cost of predicting another label, by that label"),
  ]
}
