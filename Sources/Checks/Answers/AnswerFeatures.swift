import Project

/// The features that a check about answers applies to.
enum AnswerFeatures {
  /// Features that set thresholds for the check, in the order of the file, then those that were seen.
  /// - Parameter named: features that the check's own thresholds name.
  static func subjects(
    of check: String, _ project: Project, named: [String] = [], seen: [String]
  ) -> [CheckSubject] {
    var subjects = project.features.filter { feature in
      feature.value.policies.checks.contains(check) || named.contains(feature.id) || seen.contains(feature.id)
    }.map { CheckSubject($0.id, owner: $0.value.owner, policies: $0.value.policies) }
    for feature in named + seen where !subjects.contains(where: { $0.name == feature }) {
      subjects.append(CheckSubject(feature))
    }
    return subjects
  }
}
