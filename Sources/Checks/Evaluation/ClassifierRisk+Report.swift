import Guards
import Project
import Records
import Statistics

extension ClassifierRisk {
  static func nothing(
    _ judgement: Judgement, _ subject: CheckSubject, _ classifier: ClassifierSettings, _ what: String
  ) -> Judgement {
    var judgement = judgement
    let floors = classifier.labels.filter(\.value.isCritical).map(\.value.floor)
    judgement.unknown(
      "NO_TRIALS", "Suite '\(classifier.suite)' has \(what).", missing: "trials of suite '\(classifier.suite)'",
      MissingTrials.forFloor(successes: 0, trials: 0, floor: floors.max() ?? LabelSettings().floor))
    judgement.headline = "\(subject.name) has \(what): nothing is known of its errors."
    judgement.next = "Run suite '\(classifier.suite)', and ingest the results with predicted and expected labels."
    judgement.measure("items", 0, unit: "items")
    return judgement
  }

  static func report(
    _ judgement: inout Judgement, _ subject: CheckSubject, _ classifier: ClassifierSettings, _ tally: ClassifierTally,
    _ production: Production, _ policy: Policy
  ) {
    func rate(_ name: String, _ successes: Int, _ trials: Int, limit: Double? = nil) {
      let interval = ProportionInterval.wilson(successes: Double(successes), trials: Double(trials))
      judgement.measure(
        name, Share.of(successes, trials), low: interval.low, high: interval.high, limit: limit, unit: "share")
    }
    judgement.measure("items", tally.items, unit: "items")
    rate("accuracy", tally.correct, tally.items)
    judgement.measure("balanced_accuracy", tally.balancedAccuracy, unit: "share")
    judgement.measure("macro_f1", tally.macroF1, unit: "share")
    for (place, label) in tally.labels.enumerated() {
      let floor = classifier.labels[label].flatMap { $0.isCritical ? $0.floor : nil }
      rate("recall \(label)", tally.right(place), tally.support(place), limit: floor)
      rate("precision \(label)", tally.right(place), tally.predicted(place))
      if classifier.labels[label] != nil {
        judgement.measure("threshold \(label)", tally.router.threshold(label), unit: "confidence")
      }
    }
    judgement.measure("ece", tally.calibration.expectedCalibrationError, limit: policy.ece, unit: "share")
    judgement.measure("spiegelhalter_z", tally.scores.statistic, unit: "z")
    judgement.measure("spiegelhalter_p", tally.scores.test?.pValue, limit: policy.alpha, unit: "probability")
    judgement.measure(
      "ece_critical", tally.criticalCalibration.expectedCalibrationError, limit: policy.eceCritical, unit: "share")
    rate("high_confidence_errors", tally.highErrors, tally.errors, limit: policy.highConfidenceShare)
    rate("high_confidence_error_rate", tally.highErrors, tally.highItems)
    rate("consistency", tally.agreeing, tally.repeated, limit: policy.consistency)
    rate("invalid", tally.invalid, tally.items, limit: policy.invalid)
    let routing = CalibratedRouting(tally, bins: policy.bins)
    judgement.measure("calibrated_ece", routing.bins.expectedCalibrationError, unit: "share")
    let currency = classifier.review?.currency ?? tally.automaticCost?.currency ?? ""
    let allAutomatic = tally.automaticCost
    judgement.measure("cost_all_automatic", allAutomatic?.approximate, unit: currency)
    judgement.measure(
      "cost_per_item_automatic", allAutomatic.map { $0.approximate / Double(tally.items) }, unit: currency)
    let routed = allAutomatic == nil ? nil : routing.costPerItem(review: classifier.review)
    judgement.measure("cost_per_item_routed", routed, unit: currency)
    judgement.measure("automatic_share", Share.of(routing.automatic, routing.items), unit: "share")
    for (place, label) in tally.labels.enumerated() where production.audited[place] > 0 {
      rate("audit_error \(label)", production.wrong[place], production.audited[place], limit: policy.breaker.allowed)
    }
    judgement.figures = figures(classifier, tally, routing, production)
    judgement.headline = headline(subject, classifier, tally, judgement, allAutomatic)
    judgement.next = next(classifier, judgement)
  }

  private static func figures(
    _ classifier: ClassifierSettings, _ tally: ClassifierTally, _ routing: CalibratedRouting, _ production: Production
  ) -> [Figure] {
    let recalls = tally.labels.enumerated().map { place, label -> Figure.IntervalRow in
      let (right, support) = (tally.right(place), tally.support(place))
      let rate = Share.of(right, support)
      let interval = rate.map { _ in ProportionInterval.wilson(successes: Double(right), trials: Double(support)) }
      let settings = classifier.labels[label]
      return Figure.IntervalRow(
        label, rate, low: interval?.low, high: interval?.high, limit: settings?.floor,
        note: NumberWords.counted(support, "item") + (settings?.isCritical == true ? ", critical" : ""))
    }
    let points = tally.calibration.bins.compactMap { bin -> Figure.Point? in
      guard let confidence = bin.meanConfidence, let accuracy = bin.accuracy else { return nil }
      return Figure.Point(confidence, accuracy, note: NumberWords.counted(bin.count, "item"))
    }
    let cards = tally.labels.enumerated().map { place, label -> [String] in
      let threshold = classifier.labels[label] == nil ? nil : tally.router.threshold(label)
      let automatic = Share.of(routing.automaticByLabel[place], routing.itemsByLabel[place])
      return [
        label, "\(tally.support(place))", "\(tally.predicted(place))", threshold.map { NumberWords.fixed($0) } ?? "",
        automatic.map(NumberWords.percent) ?? "", production.breakers[place].state.rawValue,
        "\(production.audited[place])",
      ]
    }
    return [
      .intervals(title: "Recall of each class against its floor", unit: .share, rows: recalls),
      .curve(title: "Reliability", x: "confidence", y: "share right", points: points, diagonal: true),
      .table(
        title: "Classes",
        columns: ["class", "items", "predicted", "acted on from", "acted on", "breaker", "audits"], rows: cards),
    ]
  }

  private static func headline(
    _ subject: CheckSubject, _ classifier: ClassifierSettings, _ tally: ClassifierTally, _ judgement: Judgement,
    _ cost: Money?
  ) -> String {
    let whole =
      "Accuracy is \(NumberWords.percent(Double(tally.correct) / Double(tally.items))) of \(NumberWords.counted(tally.items, "item"))"
      + (cost.map { "; the errors cost \(NumberWords.fixed($0.approximate, 2)) \($0.currency)" } ?? "") + "."
    guard let reason = judgement.leading else {
      let critical = classifier.labels.enumerated().filter(\.element.value.isCritical).map { place, label in
        (label.id, tally.right(place), tally.support(place))
      }.least { Double($0.1) / Double($0.2) }
      guard let critical else { return "\(subject.name) holds every limit. \(whole)" }
      return "\(subject.name) holds every limit: \(recall(critical.0, critical.1, critical.2)). \(whole)"
    }
    if let about = reason.about, ["CLASS_RECALL", "RECALL_UNDECIDED"].contains(reason.code),
      let place = tally.labels.firstIndex(of: about)
    {
      let (right, support) = (tally.right(place), tally.support(place))
      let interval = ProportionInterval.wilson(successes: Double(right), trials: Double(support))
      let floor = classifier.labels[about]?.floor ?? 0
      let end =
        reason.code == "CLASS_RECALL"
        ? "; its floor is \(NumberWords.percent(floor))"
        : "; that does not show whether it holds its floor of \(NumberWords.percent(floor))"
      return
        "\(subject.name) finds \(NumberWords.percent(Double(right) / Double(support))) of the \(NumberWords.counted(support, "item")) of '\(about)' (95 % interval \(NumberWords.percent(interval.low)) to \(NumberWords.percent(interval.high)))\(end). \(whole)"
    }
    return "\(subject.name): \(reason.text) \(whole)"
  }

  private static func next(_ classifier: ClassifierSettings, _ judgement: Judgement) -> String {
    guard let reason = judgement.leading else {
      return "Nothing to do: route at the thresholds, and go on auditing."
    }
    let about = reason.about ?? ""
    let amount = judgement.missing.first { $0.what.contains(about) }?.howMuch.map(NumberWords.grouped) ?? "more"
    switch reason.code {
    case "CLASS_RECALL":
      return "Read the missed items of '\(about)', and send its look-alikes to a person until it holds its floor."
    case "HIGH_CONF_ERRORS", "MISCALIBRATED":
      return "Fit a calibrator for this model and prompt, and route by the calibrated confidence."
    case "COST_UP": return "Keep the incumbent."
    case "INCONSISTENT", "CONSISTENCY_LOW": return "Lower the temperature, or take the majority of several tries."
    case "INVALID_LABELS": return "Constrain the output to the labels, or send the rest to '\(classifier.otherLabel)'."
    case "LABEL_DRIFT", "PSI":
      return "Look at what came in during the last \(labelDays) days, and add it to suite '\(classifier.suite)'."
    case "BREAKER_OPEN", "AUDIT_HIGH": return "Read the audits of '\(about)' that were wrong."
    case "RECALL_UNDECIDED", "CLASS_EMPTY":
      return "Add \(amount) items of class '\(about)' to suite '\(classifier.suite)'."
    case "NO_CONFIDENCE": return "Record the confidence of each prediction."
    case "NO_REPEATS": return "Try \(amount) items at least twice."
    case "NOT_NATURAL_MIX":
      return "Draw the items of '\(classifier.suite)' from traffic, and declare natural_mix: true."
    case "LABELS_FEW": return "Wait for \(amount) more spans with a predicted label, or record them."
    case "FEW_ERRORS": return "Add items until there are more errors to look at."
    case "CALIBRATOR_INVALID": return "Fit the calibrator anew for the model and the prompt that are served."
    case "NO_INCUMBENT": return "Run the incumbent on this version of suite '\(classifier.suite)'."
    default: return "Run suite '\(classifier.suite)' once under one configuration, and ingest the results."
    }
  }
}
