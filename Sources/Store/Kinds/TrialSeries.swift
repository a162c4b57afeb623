import Records

/// What all trials of one run of a suite share. Its texts are identifiers, in normal form C.
struct TrialSeries: Hashable {
  static let columns = ["suite", "suite_version", "variant", "metric", "config_sha256", "subject_sha256", "judge"]

  var suite: String
  var suiteVersion: String?
  var variant: String
  var metric: String
  var configSHA256: String?
  var subjectSHA256: String?
  var judge: String?

  /// In the order of `columns`.
  var fields: [String?] { [suite, suiteVersion, variant, metric, configSHA256, subjectSHA256, judge] }

  func append(to bytes: CanonicalBytes) {
    bytes.append(suite.identifier)
    bytes.append(suiteVersion?.identifier)
    bytes.append(variant.identifier)
    bytes.append(metric.identifier)
    bytes.append(configSHA256?.identifier)
    bytes.append(subjectSHA256?.identifier)
    bytes.append(judge?.identifier)
  }
}
