import Project
import Testing

@Suite struct ErrorTests {
  @Test func anUnknownKeyNamesTheNearest() {
    let text = """
      suites:
        triage:
          metrics:
            - name: correct
              min_efect: 0.03
      """
    #expect(
      errors(text)
        == "tally.yaml:5:9: unknown key 'min_efect' in suites.triage.metrics[0]. Did you mean 'min_effect'?")
  }

  /// What one section says of another is pointed at where it is said, however long the section is.
  @Test(arguments: [
    ("routes: {a: {upstream: up}, b: {upstream: upp}}", "1:43: 'b' is called at 'upp', which upstreams does not name."),
    (
      "routes:\n  a: {upstream: up}\n  b:\n    upstream: up\n    fallbacks: [{upstream: other}, {upstream: othr}]",
      "5:47: 'b' falls back on 'othr', which upstreams does not name. Did you mean 'other'?"
    ),
    (
      "routes:\n  a: {upstream: up}\n  b: {upstream: up, fallbacks: [{upstream: claude}]}",
      "3:44: 'b' falls back on 'claude', which speaks anthropic."
    ),
    ("schedule:\n  a: {every: 1h}\n  b: {every: 1h, gate: merg}", "3:24: 'b' runs the gate 'merg'"),
    (
      "schedule:\n  a: {every: 1h}\n  b: {every: 1h, notify: pge}", "3:26: 'b' tells 'pge', which notify does not name."
    ),
    (
      "schedule:\n  a: {every: 1h}\n  b:\n    every: 1h\n    notify:\n      - page\n      - pge", "7:9: 'b' tells 'pge'"
    ),
    ("agents:\n  a: {}\n  b:\n    parent: c", "4:13: 'b' acts for 'c', which agents does not name."),
    ("agents:\n  a: {}\n  b: {parent: c}\n  c: {parent: b}", "3:15: 'b' acts for itself"),
    ("runbooks:\n  csat: [{step: a}]\n  cost:\n    - {step: b}", "3:3: there is a runbook for 'cost'"),
    (
      "failure_budgets:\n  a: {feature: x, rate: 0.1}\n  b: {feature: x, rate: 0.1, when_spent: approval}",
      "3:42: 'b' needs a person's approval"
    ),
    (
      "forward:\n  a: {url: \"http://a\", kind: langfuse, proxy: true}\n  b: {url: \"http://b\", kind: langfuse, proxy: true}",
      "3:47: 'a' and 'b' both answer Langfuse's other paths."
    ),
  ])
  func namesOfOtherSectionsAreFoundWhereTheyStand(_ text: String, _ expected: String) {
    let others = """

      upstreams: {up: {url: "http://a/v1"}, other: {url: "http://b/v1"}, claude: {url: "http://c", dialect: anthropic}}
      signals: {csat: {}}
      notify: {page: {webhook: "http://h"}}
      """
    #expect(errors(text + others).hasPrefix("tally.yaml:\(expected)"), "\(errors(text + others))")
  }

  @Test func insideOfAnEntryTheCulpritIsPointedAt() {
    let routes = "routes: {m: {upstream: up, fallbacks: [{upstream: up, model: x}, {upstream: up, model: x}]}}"
    #expect(
      errors(routes).hasPrefix("tally.yaml:1:66: routes.m: 'up' would be asked for the same model twice"),
      "\(errors(routes))")
    let headers = "forward: {a: {url: \"http://a\", headers: {fine: {env: A}, Host: {env: B}}}}"
    #expect(errors(headers).hasPrefix("tally.yaml:1:58: forward.a: the header 'Host' is set"), "\(errors(headers))")
  }

  @Test(arguments: [
    (
      "suites: {a: {margin: 0.1}}",
      "1:14: unknown key 'margin' in suites.a. 'margin' belongs in suites.<suite>.metrics."
    ),
    (
      "max_failure_rate: 0.1",
      "1:1: unknown key 'max_failure_rate'. 'max_failure_rate' belongs in use_cases.<use_case>."
    ),
    ("suites: {a: {ledger: x}}", "1:14: unknown key 'ledger' in suites.a. 'ledger' belongs at the top of the file."),
    (
      "gates: {a: {resamples: 1}}",
      "1:13: unknown key 'resamples' in gates.a. 'resamples' belongs in policies.eval-power."
    ),
    ("gates: {a: {audit_min: 1}}", "'audit_min' belongs in policies.classifier-risk.breaker."),
    ("suits: {}", "1:1: unknown key 'suits'. Did you mean 'suites'?"),
    ("usecases: {}", "1:1: unknown key 'usecases'. Did you mean 'use_cases'?"),
    ("gates: {a: {zzzzz: 1}}", "1:13: unknown key 'zzzzz' in gates.a. Known here: require, on_unknown, mode."),
    ("policies: {eval-pwer: {}}", "1:12: unknown check 'eval-pwer' in policies. Did you mean 'eval-power'?"),
    ("policies: {alpha: 0.1}", "'alpha' belongs in policies.default."),
    ("policies: {eval-power: {alpa: 0.1}}", "1:25: unknown key 'alpa' in policies.eval-power. Did you mean 'alpha'?"),
    (
      "policies: {default: {power: 0.1}}",
      "unknown key 'power' in policies.default. 'power' belongs in policies.eval-power."
    ),
    ("suites: {a: {policies: {default: {}}}}", "unknown check 'default' in suites.a.policies."),
    (
      "gates: {a: {require: [eval-powr]}}",
      "1:23: unknown check 'eval-powr' in gates.a.require[0]. Did you mean 'eval-power'?"
    ),
    (
      "gates: {a: {require: [x]}}",
      "unknown check 'x' in gates.a.require[0]. Known checks: eval-power, classifier-risk."
    ),
    ("gates: {a: {require: eval-power}}", "1:22: gates.a.require must be a list, found 'eval-power'."),
    ("gates: {a: {require: [eval-power, eval-power]}}", "gates.a: the check 'eval-power' is required twice."),
    (
      "gates: {a: {mode: enforced}}",
      "1:19: gates.a.mode must be off, observe or enforce, found 'enforced'. Did you mean 'enforce'?"
    ),
    ("gates: {a: {mode: ~}}", "gates.a.mode must be off, observe or enforce, found nothing. Write for example: off"),
    ("suites: [a]", "1:9: suites must be a mapping from the id of each suite, found a list."),
    (
      "suites: {a: [b]}",
      "1:13: suites.a must be a mapping, found a list. Write for example: {version: …, baseline: …, candidate: …}"
    ),
    ("suites: {a: {metrics: []}}", "suites.a.metrics must be a list of at least 1, found a list."),
    (
      "suites: {a: {metrics: [{}, {}]}}",
      "1:23: suites.a: two metrics are named 'correct'. Rename or remove one of them."
    ),
    ("suites: {a: {baseline: \"\"}}", "suites.a.baseline must be text, found the text ''."),
    ("suites: {a: {baseline: \"\\0\"}}", "suites.a.baseline must be text, found the text '\\u{0}'."),
    (
      "suites: {\"\\e[31m\": {}}",
      "1:10: the id of a suite must be text without control characters, found '\\u{1b}[31m'."
    ),
    ("suites: {\"\": {}}", "the id of a suite must be text without control characters, found ''."),
    ("use_cases: {a: {}}", "use_cases.a lacks the key 'suite'. It says: The suite whose trials count."),
    ("slices: {a: {}}", "1:13: slices.a lacks the key 'where'."),
    ("slices: {a: {where: {}}}", "must be tags"),
    ("slices: {a: {where: {b: [c]}}}", "slices.a.where.b must be text, found a list."),
    ("features: {a: {candidate_sha256: abc}}", "must be a SHA-256 of 64 hexadecimal digits, found 'abc'"),
    ("features: {a: {capabilities: [{name: b, suite: c}, {name: b, suite: c}]}}", "two capabilities are named 'b'"),
    (
      "classifiers: {a: {suite: b, labels: {c: {error: {d: 1 USD}}}}}",
      "1:53: classifiers.a: the error of 'c' names 'd', which is no label."
    ),
    ("classifiers: {a: {suite: b, review: 1 EUR, labels: {c: {error: {default: 1 USD}}}}}", "costs are in EUR and USD"),
    (
      "pipelines: {a: {stages: {b: {kind: chat}, c: {kind: chat}}}}",
      "1:53: pipelines.a: the stages 'b' and 'c' both take spans of kind chat. A span without a stage belongs to one: leave the kind out of the other."
    ),
    (
      "pipelines: {a: {stages: {b: {service: 0.4s}}}}",
      "must be a duration in milliseconds, seconds, minutes, hours or days"
    ),
    (
      "redaction: {find: [emial]}",
      "1:20: redaction.find[0] must be email, card, iban, ip, phone or secret, found 'emial'. Did you mean 'email'?"
    ),
    (
      "redaction: {patterns: [{match: 'a(b'}]}",
      "the pattern has a '(' without its ')', after 3 bytes. Write it with classes, groups, repeats and anchors."
    ),
    ("redaction: {patterns: [{match: 'a(?=b)'}]}", "the pattern looks ahead, which can take too long on long texts"),
    ("redaction: {patterns: [{match: '[0-9]*'}]}", "the pattern fits where nothing is"),
    ("policies: {default: {warn_overlap: 0.8}}", "1:36: policies.default: warn_overlap is below min_overlap (0.9)."),
    (
      "policies: {classifier-risk: {psi_warn: 0.5}}",
      "1:40: policies.classifier-risk: psi_warn is above psi_fail. Swap them."
    ),
    (
      "suites: {a: {policies: {classifier-risk: {psi_warn: 0.5}}}}",
      "suites.a.policies.classifier-risk: psi_warn is above"
    ),
    (
      "policies: {default: {alpha: 0.9}}",
      "1:29: policies.default.alpha must be a share from 0.0001 to 0.5, found '0.9'."
    ),
    (
      "policies: {classifier-risk: {breaker: {allowed: 2}}}", "policies.classifier-risk.breaker.allowed must be a share"
    ),
    (
      "policies: {classifier-risk: {breaker: {alowed: 2}}}",
      "unknown key 'alowed' in policies.classifier-risk.breaker. Did you mean 'allowed'?"
    ),
    ("policies: {classifier-risk: 3}", "1:29: policies.classifier-risk must be a mapping, found '3'."),
    ("policies: 3", "1:11: policies must be a mapping from checks to their thresholds, found '3'."),
    ("- a", "1:1: a project file must be a mapping of sections, found a list. Write for example: suites: {triage: {}}"),
    ("hello", "a project file must be a mapping of sections, found 'hello'."),
    ("ledger: [a]", "1:9: ledger must be a path, found a list."),
    (
      "ledger: postgres://ada:hush@host/db",
      "1:9: the address in ledger holds a password. Leave it out: it is found in PGPASSWORD or ~/.pgpass."
    ),
    ("include: {a: b}", "1:10: include must be a path, a pattern or a list of them, found a mapping."),
    ("include: \"\"", "include must be a path"),
    ("suites: {'a.b c': {flor: 1}}", "unknown key 'flor' in suites.'a.b c'. Did you mean 'floor'?"),
    ("\"\": 1", "unknown key ''. Known here: include, ledger, suites"),
  ])
  func isSaid(text: String, problem: String) {
    let found = errors(text)
    #expect(found.contains(problem), "\(found)")
    #expect(found.hasPrefix("tally.yaml:1:"), "\(found)")
  }

  @Test(arguments: [
    ("a: 1\nb: [1\nc: 2", "tally.yaml:3:"), ("a: b: c", "tally.yaml:1:5: no YAML: mapping values are not allowed"),
    ("a:\n\t- b", "tally.yaml:2:1: no YAML: found character that cannot start any token"),
    ("a: \"b", "tally.yaml:1:"), ("a: &b", ""), ("a: *b", "tally.yaml:1:4: the alias '*b' names no anchor"),
    ("a: &abc 1\nb: *abd", "Did you mean '*abc'?"),
    ("suites: &a {b: *a}", "the alias '*a' names no anchor that ends before it"),
    ("a: 1\n\u{0}", "tally.yaml:2:1: no YAML: control characters are not allowed"),
    ("é\u{7}", "tally.yaml:1:2: no YAML: control characters are not allowed"),
    ("ledger: a\n---\nledger: b", "tally.yaml:2:1: a second document begins here."),
    ("ledger: !!str a", "tally.yaml:1:9: the tag '!!str' has no meaning here."),
    ("ledger: !env a", "the tag '!env' has no meaning here."),
    ("suites: {a: &x {}, b: {<<: *x}}", "tally.yaml:1:24: the merge key '<<' has no meaning here."),
    ("? [a]\n: b", "tally.yaml:1:3: a key must be text, found a list."), ("? {a: b}\n: c", "a key must be text"),
    ("%YAML 9.9\n---\na: b", "tally.yaml:"), ("@a: b", "no YAML"), ("a: `b`", "no YAML"), ("{a: 1", "no YAML"),
    ("[", "no YAML"),
  ])
  func brokenFilesHaveAPlace(text: String, problem: String) {
    let found = errors(text)
    #expect(problem.isEmpty ? found != "" : found.contains(problem), "\(found)")
  }

  @Test func aRepeatedKeyIsPointedAt() {
    let text = """
      suites:
        a:
          floor: 0.1
          design: auto
          floor: 0.2
        b: {}
        a: {}
      """
    #expect(
      errors(text) == """
        tally.yaml:5:5: the key 'floor' is repeated; it is already on line 3. Remove or rename one of the two.
        tally.yaml:7:3: the key 'a' is repeated; it is already on line 2. Remove or rename one of the two.
        """)
  }

  @Test func allErrorsAreSaidAtOnceInTheOrderOfTheFile() {
    let text = """
      gates: {merge: {require: [eval-powr]}}
      suites:
        a: {floor: 2, flor: 1}
        b: {metrics: [{type: bin}]}
      policies:
        eval-power: {alpha: 7}
      use_cases: {c: {max_failure_rate: 0}}
      """
    #expect(
      errors(text).split(separator: "\n").map { $0.prefix { $0 != " " } } == [
        "tally.yaml:1:27:", "tally.yaml:3:14:", "tally.yaml:3:17:", "tally.yaml:4:24:", "tally.yaml:6:23:",
        "tally.yaml:7:16:",
        "tally.yaml:7:35:",
      ])
  }

  @Test func columnsCountCharacters() {
    #expect(errors("suites: {größe💥: {flor: 1}}").hasPrefix("tally.yaml:1:19: unknown key"))
  }

  @Test func longTextIsCutInMessages() {
    let found = errors("ledgre\(String(repeating: "x", count: 500)): 1")
    #expect(found.contains("xxx…'") && found.utf8.count < 400)
  }

  @Test func thousandsOfErrorsStayReadable() throws {
    let text = (0..<20_000).map { "unknown\($0): 1" }.joined(separator: "\n")
    let thrown = #expect(throws: ProjectErrors.self) { try Project.parse(text, policies: catalogue) }
    #expect(thrown?.errors.count == 100)
  }

  @Test func spellingFindsSlips() {
    #expect(errors("polices: {}").contains("'policies'"))
    #expect(errors("suites: {a: {lokos: fixed}}").contains("'looks'"))
    #expect(errors("suites: {a: {e: 1}}").contains("Known here"))
  }
}
