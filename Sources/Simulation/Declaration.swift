/// Lines of `tally.yaml` by section, each line an entry of that section.
struct Declaration: Sendable {
  var features: [String] = []
  var suites: [String] = []
  var slices: [String] = []
  var useCases: [String] = []
  var classifiers: [String] = []
  var pipelines: [String] = []
  var models: [String] = []
  var people: [String] = []
  var teams: [String] = []
  var accounts: [String] = []
  var agents: [String] = []
  var tools: [String] = []
  var signals: [String] = []
  var runbooks: [String] = []
  var tenants: [String] = []
  var policies: [String] = []

  static func + (left: Declaration, right: Declaration) -> Declaration {
    Declaration(
      features: left.features + right.features, suites: left.suites + right.suites, slices: left.slices + right.slices,
      useCases: left.useCases + right.useCases, classifiers: left.classifiers + right.classifiers,
      pipelines: left.pipelines + right.pipelines, models: left.models + right.models,
      people: left.people + right.people, teams: left.teams + right.teams, accounts: left.accounts + right.accounts,
      agents: left.agents + right.agents, tools: left.tools + right.tools,
      signals: left.signals + right.signals, runbooks: left.runbooks + right.runbooks,
      tenants: left.tenants + right.tenants, policies: left.policies + right.policies)
  }

  /// The whole file.
  var text: String {
    let sections = [
      ("features", features), ("suites", suites), ("slices", slices), ("use_cases", useCases),
      ("classifiers", classifiers), ("pipelines", pipelines), ("models", models),
      ("people", people), ("teams", teams), ("accounts", accounts),
      ("agents", agents), ("tools", tools), ("signals", signals), ("runbooks", runbooks), ("tenants", tenants),
      ("policies", policies),
    ]
    return sections.filter { !$0.1.isEmpty }.map { name, entries in
      "\(name):\n"
        + entries.map { entry in
          entry.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)\n" }.joined()
        }.joined()
    }.joined(separator: "\n")
  }
}
