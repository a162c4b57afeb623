import Project
import Records
import Testing

@Suite struct ReadingTests {
  @Test func everySectionIsRead() throws {
    let project = try Project.parse(fullFile, policies: catalogue)
    #expect(project.ledger == ".tally/ledger.db")
    #expect(project.suites.ids == ["triage", "routing", "copy"])
    let triage = try #require(project.suites["triage"])
    #expect(triage.version == "7" && triage.baseline == "prod" && triage.candidate == "v2")
    #expect(triage.design == .paired && triage.looks == .anytime && triage.plannedItems == 1200)
    #expect(triage.floor == 0.8 && triage.isNaturalMix && triage.feature == "tickets")
    #expect(triage.metrics.map(\.name) == ["correct", "latency_ms"])
    #expect(triage.metrics[0].minEffect == 0.03 && triage.metrics[0].margin == 0.02)
    #expect(triage.metrics[1].claim == .noRegression && triage.metrics[1].minEffect == nil)
    #expect(triage.primaryMetrics.map(\.name) == ["correct"])
    #expect(project.suites["copy"] == project.suites["routing"])
    #expect(project.suites["routing"]?.metrics == [MetricSettings()])
    #expect(project.slices.ids == ["refunds", "größe"])
    #expect(project.slices["refunds"]?.conditions["tier"] == "1")
    #expect(project.slices["refunds"]?.costOfError == 3)
    let feature = try #require(project.features["tickets"])
    #expect(feature.target?.valuePerPoint == Money("1000.5 USD") && feature.target?.selectiveAccuracy == nil)
    #expect(feature.capabilities[0].isProtected && feature.capabilities[0].isHard)
    #expect(feature.candidateSHA256 == String(repeating: "0123456789abcdef", count: 4))
    #expect(feature.rot?.userMetric == "csat" && feature.rot?.labelBudget == 100)
    #expect(feature.parity?.variant == "v2" && feature.parity?.probeSuite == "frame-probe")
    let deployment = try #require(feature.deployment)
    #expect(deployment.labelSampling == .stratified && deployment.sliceTag == "device" && deployment.variant == nil)
    #expect(deployment.precision?.reference == "fp32" && deployment.precision?.shipped == "int8")
    #expect(feature.coevolution?.launchProfile?.hasPrefix("abcdef01") == true && feature.coevolution?.windowDays == 14)
    #expect(project.useCases["answers"]?.maxFailureRate == 0.001)
    let router = try #require(project.classifiers["router"])
    #expect(router.otherLabel == "OTHER" && router.review == Money("1.5 USD"))
    #expect(router.labels["refund"]?.error["other"] == Money("45 USD"))
    #expect(router.labels["other"]?.floor == 0.85)
    #expect(project.gates["merge"]?.onUnknown == .report && project.gates["merge"]?.mode == .observe)
    #expect(project.gates["release"]?.onUnknown == .refuse && project.gates["release"]?.mode == .enforce)
    #expect(project.location(of: "suites.triage")?.description == "tally.yaml:4:3")
    #expect(project.location(of: "suites.triage.metrics[1].margin")?.description == "tally.yaml:19:87")
    #expect(project.location(of: "suites.nothing") == nil)
  }

  @Test(arguments: ["", "# nothing\n", "---\n", "{}", "~", "suites:\nslices: # later\n", "\u{feff}ledger: a\n"])
  func littleIsEnough(text: String) throws {
    let project = try Project.parse(text, policies: catalogue)
    #expect(project.suites.isEmpty && project.gates.isEmpty)
  }

  @Test func windowsLineEndsAndByteOrderMarksChangeNothing() throws {
    let plain = try Project.parse(fullFile, policies: catalogue)
    let windows =
      "\u{feff}" + fullFile.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    let read = try Project.parse(windows, policies: catalogue)
    #expect(read == plain)
    #expect(read.location(of: "suites.triage")?.description == "tally.yaml:4:3")
  }

  @Test(arguments: [
    ("0.030", 0.03), (".30", 0.3), ("1e-5", 1e-5), ("1E-5", 1e-5), ("0", 0), ("1", 1), ("1.", 1), ("-0", 0),
    ("0.5e0", 0.5),
    ("0.1000000000000000055511151231257827", 0.1), ("5e-324", .leastNonzeroMagnitude), ("0.0", 0),
  ])
  func sharesAreReadFromTheirText(text: String, value: Double) throws {
    let project = try Project.parse("suites: {a: {floor: \(text)}}", policies: catalogue)
    #expect(project.suites["a"]?.floor == value)
  }

  @Test(arguments: [
    "0_1", "1e999", "-0.1", "1.1", "nan", ".nan", ".inf", "0x1", "01", "00.5", "+0.5", "\"0.5\"", "'0.5'",
    "half", "50%",
    "1e", ".", "[0.5]", "{a: 1}", "٠.٥", "1/2", "true", "0.5 0.6", "0.5USD",
  ])
  func whatIsNoShareIsRefused(text: String) {
    let found = errors("suites: {a: {floor: \(text)}}")
    #expect(found.hasPrefix("tally.yaml:1:21: suites.a.floor must be a share from 0 to 1, found "), "\(found)")
    #expect(found.hasSuffix("Write for example: 0.05"))
  }

  @Test(arguments: [
    "30.0", "3e1", "1_000", "030", "-1", "0", "99999999999999999999", "9007199254740992", "\"30\"", "0b1", "",
  ])
  func whatIsNoCountIsRefused(text: String) {
    #expect(
      errors("suites: {a: {}}\nslices: {b: {where: {c: d}, min_n: \(text) }}").contains(
        ": slices.b.min_n must be a whole number, 1 or more, found "))
  }

  @Test(arguments: ["yes", "on", "1", "\"true\"", "tRUE", "~", "no", "off"])
  func whatIsNoFlagIsRefused(text: String) {
    let found = errors("suites: {a: {natural_mix: \(text)}}")
    #expect(found.hasPrefix("tally.yaml:1:27: suites.a.natural_mix must be true or false, found "))
  }

  @Test(arguments: [
    ("30s", 30), ("15m", 900), ("24h", 86_400), ("7d", 604_800), ("36500d", 3_153_600_000), ("\"1h\"", 3_600),
  ])
  func durationsAreRead(text: String, seconds: Int) throws {
    let project = try Project.parse("policies: {eval-power: {window: \(text)}}", policies: catalogue)
    #expect(project.policy(PowerPolicy.self).value.window == .seconds(seconds))
  }

  @Test(arguments: ["30", "0s", "07d", "1.5h", "-1h", "1w", "1 h", "36501d", "h", "9223372036854775807d", "1hh", "P7D"])
  func whatIsNoDurationIsRefused(text: String) {
    #expect(
      errors("policies: {eval-power: {window: \(text)}}").contains(
        "must be a duration in seconds, minutes, hours or days"))
  }

  @Test(arguments: [
    "5", "5.00", "-5 USD", "5 usd", "USD 5", "1e3 USD", "5.0000000000001 USD", "$5", "5 USD EUR", "~x", "-0 USD",
  ])
  func whatIsNoMoneyIsRefused(text: String) {
    let found = errors("classifiers: {a: {suite: b, review: \(text)}}")
    #expect(
      found.contains(
        "1:37: classifiers.a.review must be an amount with its currency, found '\(text)'. Write for example: 5.00 USD"))
  }

  @Test(arguments: ["0", "1", "0.0", "2", "-1"])
  func aFailureRateOfZeroCannotBeProven(text: String) {
    let found = errors("use_cases: {a: {suite: b, max_failure_rate: \(text)}}")
    #expect(found.contains("(no number of tests proves a rate of zero), found '\(text)'"))
  }

  @Test func nothingStandsOnlyWhereItMay() {
    #expect(errors("suites: {a: {floor: ~, baseline: null, planned_n: }}") == "")
    #expect(
      errors("suites: {a: {metrics: ~}}").contains("1:23: suites.a.metrics must be a list of at least 1, found nothing")
    )
    #expect(errors("slices: {a: {where: }}").contains("slices.a.where must be tags with their values, found nothing"))
    #expect(errors("suites: {a: {slice_tag: ~}}").contains("suites.a.slice_tag must be text, found nothing"))
  }

  @Test func idsAreNormalizedAndKeepTheirOrder() throws {
    let decomposed = "u\u{308}ber"
    let project = try Project.parse(
      "suites: {z: {}, \(decomposed): {}, a: {}}\nslices: {s: {where: {x: y}, suite: \(decomposed)}}",
      policies: catalogue)
    #expect(project.suites.ids.map { Array($0.utf8) } == ["z", "\u{fc}ber", "a"].map { Array($0.utf8) })
    #expect(project.slices["s"]?.suite.map { Array($0.utf8) } == Array("\u{fc}ber".utf8))
    #expect(errors("suites: {\(decomposed): {}, \u{fc}ber: {}}").contains("the key '\u{fc}ber' is repeated"))
  }

  @Test(arguments: [
    "__proto__", "constructor", "'; DROP TABLE trials; --", "=1+1", "@SUM(A1)", "-", "../../etc/passwd", "a b",
    "${HOME}",
    "{{x}}", "\u{202e}abc", "💥", "true", "null", "1", "~", "a: b", "a #b", "<script>", "%s%n", "\\u0000", "'", "\"",
  ])
  func hostileTextIsOnlyText(text: String) throws {
    let quoted = try JSONValue.string(text).canonical()
    let yaml = "suites: {\(quoted): {baseline: \(quoted)}}\nslices: {a: {where: {\(quoted): \(quoted)}}}"
    let project = try Project.parse(yaml, policies: catalogue)
    #expect(project.suites[text]?.baseline == text)
    #expect(project.slices["a"]?.conditions[text] == text)
    #expect(try Project.parse(project.yaml, policies: catalogue) == project)
  }
}

@Suite struct OwnerSectionTests {
  @Test func peopleTeamsAndAccounts() throws {
    let project = try Project.parse(
      """
      people:
        ana: {attested_at: 2026-05-01}
        bob: {active: false, until: 2026-04-01}
        carl: ~
      teams: {web: {attested_at: 2026-05-01T12:00:00Z}}
      accounts: {acc-1: {owner: ana, cost_center: 4711, env: prod, expires_at: 2027-01-01}, acc-2: {}}
      """, policies: PolicyCatalogue([]))
    #expect(project.people.ids == ["ana", "bob", "carl"] && project.people["carl"] == PersonSettings())
    #expect(project.people["bob"]?.isActive == false && project.people["bob"]?.until == Instant("2026-04-01"))
    #expect(project.people["ana"]?.isActive == true && project.people["ana"]?.attestedAt == Instant("2026-05-01"))
    #expect(project.teams["web"]?.attestedAt == Instant("2026-05-01T12:00:00Z"))
    let account = project.accounts["acc-1"]
    #expect(account?.owner == "ana" && account?.costCenter == "4711" && account?.environment == "prod")
    #expect(account?.expiresAt == Instant("2027-01-01") && project.accounts["acc-2"] == AccountSettings())
    #expect(project.location(of: "accounts.acc-1.owner")?.line == 6)
  }

  @Test(
    arguments: [
      ("people: {ana: {actve: true}}", "active"), ("people: {ana: {active: yes}}", "true or false"),
      ("accounts: {a: {expires_at: soon}}", "a date"), ("teams: [web]", "mapping"),
    ])
  func whatIsWrongIsNamed(yaml: String, hint: String) throws {
    do {
      _ = try Project.parse(yaml, policies: PolicyCatalogue([]))
      Issue.record("read: \(yaml)")
    } catch {
      #expect("\(error)".contains(hint), "\(error)")
    }
  }
}
