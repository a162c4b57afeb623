import Comparison
import Project
import Records
import Store

extension EvalPower {
  /// One comparison among what this check said earlier: which earlier findings were looks at the same runs.
  struct Look {
    /// What names a comparison: another version, configuration, subject or judge is another comparison.
    let identity: [String]
    /// A sequence is one only under one plan.
    let plan: String
    /// Numbers of items at earlier looks.
    let earlierItems: [Int]
    /// The smallest p-value of earlier looks under the same plan.
    let earlierPValue: Double?

    static let title = "What was compared"
    static let columns = ["candidate", "metric", "version", "runs", "plan", "items", "p"]

    init(_ metric: Metric, _ candidate: SuiteRuns.Arm, settings: SuiteSettings, history: [Finding]) {
      identity = [
        candidate.variant, metric.settings.name, metric.version ?? "none",
        "\(Look.run(metric.baseline)) → \(Look.run(candidate))",
      ]
      let planned = settings.plannedItems.map { "\($0) items" } ?? "none"
      let plan = "\(settings.looks.rawValue), \(planned)"
      self.plan = plan
      var items: [Int] = []
      var smallest: Double?
      for finding in history {
        for case .table(Look.title, Look.columns, let rows) in finding.figures {
          for row in rows where Array(row.prefix(4)) == identity {
            guard let count = Int(row[5]) else { continue }
            items.append(count)
            if row[4] == plan, let p = Double(row[6]) { smallest = min(smallest ?? p, p) }
          }
        }
      }
      earlierItems = items
      earlierPValue = smallest
    }

    /// The row by which a later run recognises this look. A p-value that is not yet to be read is not handed on.
    func row(_ result: ComparisonResult) -> [String] {
      let isEarly = result.reasons.contains { $0.code.isUnknown }
      let p = isEarly ? nil : result.evidence?.pValue
      return identity + [plan, "\(result.design.asked)", p.map { "\($0)" } ?? "–"]
    }

    /// Which number this look is; an unchanged number of items is no new look.
    func number(items: Int) -> Int { Set(earlierItems.filter { $0 != items }).count + 1 }

    /// Short, for people and for comparing: the first digits of a digest over what ran and who judged.
    private static func run(_ arm: SuiteRuns.Arm) -> String {
      let named = arm.series.map {
        [$0.configSHA256, $0.subjectSHA256, $0.judge].map { $0 ?? "" }.joined(separator: "\n")
      }
      guard named.contains(where: { $0 != "\n\n" }) else { return arm.variant }
      return "\(arm.variant) \(SHA256Digest(of: Set(named).sorted().joined(separator: "\n\n")).description.prefix(8))"
    }
  }
}
