import Guards
import Records
import Testing

@Suite struct IncidentClosureTests {
  static let complete = """
    {"prompt_sha256":"p","model_served":"m","route_slice":"all","judge_config":"j","index_state":"i",
    "tool_schema_versions":["t@1"],"traffic_mix":{"refunds":0.4},"cohort":"refunds","bad_rate":"9/50",
    "regression_item_id":"case-1"}
    """

  private func missing(
    _ change: (inout JSONObject) -> Void = { _ in }, _ edit: (inout IncidentRecord) -> Void = { _ in }
  ) -> [String] {
    var incident = IncidentRecord()
    incident.state = "closed"
    if case .object(var object)? = try? JSONValue(parsing: IncidentClosureTests.complete) {
      change(&object)
      incident.closure = try? JSONValue.object(object).canonical()
    }
    edit(&incident)
    return IncidentClosure.missing(IncidentClosure.usualFields, of: incident) { $0 == "case-1" }
  }

  @Test func whatIsMissing() {
    #expect(missing().isEmpty)
    for nothing in ["", " ", "n/a", "N/A", " None ", "unknown", "TBD", "\t"] {
      #expect(missing { $0["judge_config"] = .string(nothing) } == ["judge_config"], "\(nothing)")
    }
    for value in [JSONValue.null, [], [:]] {
      #expect(missing { $0["index_state"] = value } == ["index_state"])
    }
    for value in [JSONValue.string("nothing was none"), 0, false, ["x"]] {
      #expect(missing { $0["index_state"] = value }.isEmpty)
    }
    #expect(missing { $0["model_served"] = nil } == ["model_served"])
    let bare = missing { _ in
    } _: {
      $0.closure = nil
    }
    #expect(bare == IncidentClosure.usualFields)
  }

  @Test func aRateIsCountedAndHasACount() {
    for text in ["9/50", " 0 / 1 ", "50/50"] { #expect(missing { $0["bad_rate"] = .string(text) }.isEmpty, "\(text)") }
    for text in ["0/0", "51/50", "0.18", "9", "9/", "/50", "a/b", "-1/50", "9/50/1", "18 %"] {
      #expect(missing { $0["bad_rate"] = .string(text) } == ["bad_rate"], "\(text)")
    }
    let counted = missing {
      $0["bad_rate"] = nil
    } _: {
      ($0.badCount, $0.badTotal) = (0, 1)
    }
    #expect(counted.isEmpty)
    #expect(
      missing {
        $0["bad_rate"] = nil
      } _: {
        ($0.badCount, $0.badTotal) = (0, 0)
      } == ["bad_rate"])
  }

  @Test func aCaseMustBeInASuite() {
    #expect(missing { $0["regression_item_id"] = "case-2" } == ["regression_item_id"])
    #expect(
      missing {
        $0["regression_item_id"] = nil
      } _: {
        $0.regressionItemID = "case-1"
      }.isEmpty)
    #expect(missing { $0["regression_item_id"] = "none" } == ["regression_item_id"])
    #expect(
      missing {
        $0["cohort"] = nil
      } _: {
        $0.cohort = #"{"plan":"free"}"#
      }.isEmpty)
  }

  @Test func whatEachStateAsksFor() {
    var incident = IncidentRecord()
    let fields = IncidentClosure.usualFields
    for (state, asked) in [("open", []), ("triaged", []), ("dismissed", ["bad_rate"]), ("closed", fields)] {
      incident.state = state
      #expect(IncidentClosure.required(fields, of: incident) == asked)
    }
  }

  @Test func severityByItsPoints() {
    func points(_ harm: Int, _ share: Double, _ isIrreversible: Bool = false) -> Int {
      IncidentSeverity.points(harm: harm, affectedShare: share, isIrreversible: isIrreversible)
    }
    #expect(points(2, 0.10) == 5 && points(2, 0.0999) == 4 && points(2, 0.01) == 4 && points(2, 0.00999) == 3)
    #expect(points(1, 0, true) == 4 && points(4, 1, true) == 9)
    let named = [2, 3, 4, 5, 6, 7, 9].map { IncidentSeverity(points: $0).rawValue }
    #expect(named == ["SEV4", "SEV3", "SEV3", "SEV2", "SEV2", "SEV1", "SEV1"])
  }

  @Test func stepsThatNobodyCanDo() {
    let steps = [
      RunbookStep(step: "a", role: "x"), RunbookStep(step: "b", role: "y"), RunbookStep(step: "c", role: nil),
    ]
    #expect(RunbookStep.unmanned(steps, roles: ["x"]).map(\.step) == ["b", "c"])
    #expect(RunbookStep.unmanned([], roles: []).isEmpty)
  }
}
