import SeededRandom
@testable import Project
import Records
import Redaction
import Testing

@Suite struct RoundTripTests {
  @Test func randomProjectsAreReadBackAsTheSame() throws {
    var random = RandomProject(seed: 21)
    for _ in 0..<400 {
      let project = random.project()
      let text = project.yaml
      let again = try Project.parse(text, policies: catalogue)
      let isSame = again == project
      #expect(isSame, "\(text)")
      #expect(again.yaml == text)
      #expect(try again.policy(RiskPolicy.self).canonicalJSON == project.policy(RiskPolicy.self).canonicalJSON)
    }
  }

  @Test func aFileMeansTheSameWhenItIsWrittenOut() throws {
    let project = try Project.parse(fullFile, policies: catalogue)
    #expect(try Project.parse(project.yaml, policies: catalogue) == project)
  }

  @Test(arguments: [
    ProjectTemplate.FoundSuite(name: "triage"),
    .init(name: "triage", variants: ["prod", "v2"], sliceTags: ["intent", "channel"]),
    .init(name: "latency", variants: ["a", "b", "c"], metric: "ms", scale: .real),
    .init(name: "'; DROP", variants: ["=1+1", "a: b #c"], sliceTags: ["__proto__"], metric: "[x]"),
    .init(name: "\u{1b}[31m", variants: ["\0"], sliceTags: ["\n"], metric: "\u{7}"), .init(name: "", variants: [""]),
    .init(name: "null", variants: ["true", "1.0"], metric: "~"),
  ])
  func aFirstFileIsReadWithoutErrors(suite: ProjectTemplate.FoundSuite) throws {
    let text = ProjectTemplate.render([suite], checks: ["eval-power"])
    #expect(text.split(separator: "\n").count <= 12 && text.contains("#"))
    let project = try Project.parse(text, policies: catalogue)
    #expect(project.gates["merge"]?.require == ["eval-power"])
    if project.suites.isEmpty { return }
    #expect(project.suites.ids == [suite.name])
    let read = try #require(project.suites[suite.name])
    #expect(read.baseline == suite.variants.first && read.metrics.count == 1 && read.metrics[0].scale == suite.scale)
    #expect(read.candidate == (suite.variants.count == 2 ? suite.variants[1] : nil))
    #expect(read.sliceTag == suite.sliceTags.first ?? "intent")
  }

  @Test func aFirstFileIsShortHoweverManySuitesThereAre() throws {
    let many = (0..<40).map { ProjectTemplate.FoundSuite(name: "suite \($0)", variants: ["a", "b"]) }
    for count in [0, 1, 2, 6, 7, 40] {
      let text = ProjectTemplate.render(
        Array(many.prefix(count)) + many.prefix(1), checks: ["eval-power", "classifier-risk"])
      #expect(text.split(separator: "\n").count <= 12)
      #expect(try Project.parse(text, policies: catalogue).suites.count == min(max(count, 1), 6))
    }
    #expect(try Project.parse(ProjectTemplate.render([]), policies: catalogue) == Project())
  }
}

/// Projects with random values in every key.
struct RandomProject {
  private var generator: SplitMix

  init(seed: UInt64) { generator = SplitMix(seed: seed) }

  private static let words = [
    "triage", "a b", "größe", "null", "true", "0.5", "007", "~", "x: y", "#c", "'q'", "\"", "\\", "💥", "- a", "[", "{",
    "*a",
    "&a", "!t", "%", "@", "`", " lead", "trail ", "=1", "<<", "yes", "2026-01-01", "1e5", "0x1", "\u{feff}", "\u{2028}",
    "\u{a0}",
    "a.b", "__proto__", "include", "e\u{301}",
  ]

  private mutating func word() -> String { Self.words.randomElement(using: &generator) ?? "x" }
  private mutating func maybe<Value>(_ value: (inout RandomProject) -> Value) -> Value? {
    Bool.random(using: &generator) ? value(&self) : nil
  }
  private mutating func share() -> Double { Double.random(in: 0...1, using: &generator) }
  private mutating func inner() -> Double { Double.random(in: 0.001...0.499, using: &generator) }
  private mutating func flag() -> Bool { .random(using: &generator) }
  private mutating func count() -> Int { Int.random(in: 1...100_000, using: &generator) }
  private mutating func money() -> Money? {
    Money(
      units: Int128(
        UInt64.random(in: 0...UInt64.max, using: &generator) >> UInt64.random(in: 0...63, using: &generator)),
      currency: "USD")
  }
  private mutating func entries<Value>(_ value: (inout RandomProject) -> Value) -> NamedEntries<Value> {
    var entries = NamedEntries<Value>()
    for _ in 0..<Int.random(in: 0...3, using: &generator) { entries.set(normalized(word()), to: value(&self)) }
    return entries
  }

  private mutating func policies(withDefault: Bool = false) -> PolicyOverrides {
    func node(_ settings: [(String, String)]) -> YAMLNode {
      let here = FileLocation(file: "", line: 1, column: 1)
      return YAMLNode(
        .mapping(
          settings.map {
            YAMLNode.Entry(key: $0.0, location: here, value: YAMLNode(.scalar($0.1, isPlain: true), at: here))
          }),
        at: here)
    }
    var blocks: [PolicyOverrides.Block] = []
    func add(_ check: String, _ settings: [(String, String)]) {
      blocks.append(PolicyOverrides.Block(check: check, path: .root, node: node(settings)))
    }
    if flag() {
      add("eval-power", [("alpha", "\(inner())"), ("window", "\(Int.random(in: 1...99, using: &generator))h")])
    }
    if flag() { add("classifier-risk", [("confidence", "\(inner())"), ("spend", flag() ? "~" : "\(count())")]) }
    if withDefault, flag() { add("default", [("alpha", "\(inner())")]) }
    return PolicyOverrides(blocks: blocks)
  }

  private mutating func suite() -> SuiteSettings {
    var suite = SuiteSettings()
    suite.version = maybe { $0.word() }
    suite.baseline = maybe { $0.word() }
    suite.candidate = maybe { $0.word() }
    suite.design = SuiteSettings.Design.allCases.randomElement(using: &generator) ?? .auto
    suite.cluster = maybe { $0.word() }
    suite.looks = flag() ? .fixed : .anytime
    suite.plannedItems = maybe { $0.count() }
    suite.floor = maybe { $0.share() }
    suite.isNaturalMix = flag()
    suite.sliceTag = word()
    suite.feature = maybe { normalized($0.word()) }
    suite.owner = maybe { $0.word() }
    if flag() { suite.metrics = [metric("correct"), metric(word())] }
    suite.policies = policies()
    return suite
  }

  private mutating func metric(_ name: String) -> MetricSettings {
    var metric = MetricSettings()
    metric.name = name
    metric.scale = flag() ? .binary : .real
    metric.direction = flag() ? .up : .down
    metric.claim = maybe { $0.flag() ? .improvement : .noRegression }
    metric.isPrimary = flag()
    metric.minEffect = maybe { $0.share() * 1e9 }
    metric.margin = maybe { $0.share() * 1e-9 }
    return metric
  }

  private mutating func slice() -> SliceSettings {
    var slice = SliceSettings()
    slice.conditions = entries { $0.word() }
    slice.conditions.set("intent", to: word())
    slice.suite = maybe { normalized($0.word()) }
    slice.floor = share()
    slice.isCritical = flag()
    slice.costOfError = inner()
    slice.minItems = count()
    return slice
  }

  private mutating func feature() -> FeatureSettings {
    var feature = FeatureSettings()
    feature.owner = maybe { $0.word() }
    feature.target = maybe { random in
      var target = TargetSettings()
      target.accuracy = random.maybe { $0.inner() }
      target.minCoverage = random.share()
      target.valuePerPoint = random.maybe { $0.money() } ?? nil
      return target
    }
    for name in ["a", word() + "b"] where flag() {
      var capability = CapabilitySettings()
      capability.name = normalized(name)
      capability.suite = normalized(word())
      capability.isHard = flag()
      capability.margin = maybe { $0.share() }
      feature.capabilities.append(capability)
    }
    feature.candidateSHA256 = maybe { _ in String(repeating: "01234567", count: 8) }
    feature.rot = maybe { random in
      var rot = RotSettings()
      rot.suite = normalized(random.word())
      rot.labelBudget = random.count()
      return rot
    }
    feature.parity = maybe { random in
      var parity = ParitySettings()
      parity.suite = normalized(random.word())
      parity.variant = random.maybe { $0.word() }
      return parity
    }
    feature.deployment = maybe { $0.deployment() }
    feature.coevolution = maybe { random in
      var coevolution = CoevolutionSettings()
      coevolution.suite = normalized(random.word())
      coevolution.launchProfile = random.maybe { _ in String(repeating: "89abcdef", count: 8) }
      coevolution.windowDays = random.count() + 1
      return coevolution
    }
    feature.policies = policies()
    return feature
  }

  private mutating func deployment() -> DeploymentSettings {
    var deployment = DeploymentSettings()
    deployment.suite = normalized(word())
    deployment.sliceTag = maybe { $0.word() }
    deployment.labelSampling = flag() ? .random : .stratified
    deployment.precision = maybe { random in
      var precision = PrecisionSettings()
      precision.reference = random.word() + "a"
      precision.shipped = random.word() + "b"
      return precision
    }
    return deployment
  }

  private mutating func model() -> ModelSettings {
    var model = ModelSettings()
    let changes = Instant(nanoseconds: 1_750_000_000_000_000_000)
    for place in 0..<Int.random(in: 0...2, using: &generator) {
      var price = ModelPriceSettings()
      let dollars = Int128(Int.random(in: 0...1_000_000, using: &generator))
      price.input = Money(units: dollars * Money.unitsPerOne, currency: "USD")
      price.output = maybe { _ in Money("0.28 USD") } ?? nil
      price.webSearch = maybe { _ in Money("0.010 USD") } ?? nil
      if place == 0 { price.to = changes } else { price.from = changes }
      model.prices.append(price)
    }
    model.tokenizer = maybe { $0.word() + ".tiktoken" }
    model.capabilities.contextTokens = maybe { _ in 128_000 }
    if flag() { model.cacheMinimum = 2048 }
    return model
  }

  mutating func project() -> Project {
    var project = Project()
    project.ledger = maybe { $0.word() }
    project.suites = entries { $0.suite() }
    project.slices = entries { $0.slice() }
    project.features = entries { $0.feature() }
    project.useCases = entries { random in
      var useCase = UseCaseSettings()
      useCase.suite = normalized(random.word())
      useCase.failure = random.maybe { $0.word() }
      useCase.maxFailureRate = random.inner()
      useCase.severity = Int.random(in: 1...5, using: &random.generator)
      useCase.policies = random.policies()
      return useCase
    }
    project.classifiers = entries { random in
      var classifier = ClassifierSettings()
      classifier.suite = normalized(random.word())
      classifier.review = random.money()
      classifier.labels = random.entries { random in
        var label = LabelSettings()
        label.floor = random.share()
        if let cost = random.money() { label.error.set("default", to: cost) }
        return label
      }
      return classifier
    }
    project.pipelines = entries { $0.pipeline() }
    project.models = entries { $0.model() }
    project.signals = entries { $0.signal() }
    for signal in project.signals.ids where flag() {
      var step = RunbookStepSettings()
      (step.step, step.role, step.tool) = (word() + "!", maybe { $0.word() }, maybe { $0.word() })
      project.runbooks.set(signal, to: [step])
    }
    project.agents = entries { $0.agent() }
    project.tools = entries { random in
      var tool = ToolSettings()
      tool.effect = ToolSettings.Effect.allCases.randomElement(using: &random.generator) ?? .read
      tool.idempotencyKey = random.maybe { $0.flag() ? .required : .optional }
      return tool
    }
    project.prices = (0..<Int.random(in: 0...2, using: &generator)).map { _ in
      var file = PriceFileSettings()
      file.path = word()
      file.from = maybe { _ in Instant(nanoseconds: 1_750_000_000_000_000_000) }
      return file
    }
    project.redaction.content = maybe { _ in .drop } ?? .keep
    project.redaction.find = Detector.allCases.filter { _ in maybe { _ in 0 } != nil }
    project.redaction.patterns = (0..<Int.random(in: 0...2, using: &generator)).map { _ in
      var pattern = RedactionPatternSettings()
      pattern.match = maybe { _ in "[0-9]{4}-\\bx" } ?? "a+b"
      return pattern
    }
    project.gates = entries { random in
      var gate = GateSettings()
      gate.require = random.flag() ? ["eval-power"] : []
      gate.onUnknown = random.flag() ? .report : .refuse
      gate.mode = .enforce
      return gate
    }
    project.policies = policies(withDefault: true)
    return project
  }

  mutating func signal() -> SignalSettings {
    var signal = SignalSettings()
    signal.source = SignalSettings.Source.allCases.randomElement(using: &generator) ?? .annotation
    signal.direction = maybe { $0.flag() ? .up : .down }
    signal.name = maybe { $0.word() }
    signal.minEffect = share()
    signal.harm = Int.random(in: 1...4, using: &generator)
    signal.window = .seconds(Int64.random(in: 1...1_000, using: &generator))
    signal.isIrreversible = flag()
    signal.policies = policies()
    return signal
  }

  mutating func agent() -> AgentSettings {
    var agent = AgentSettings()
    agent.scopes = flag() ? [] : [normalized(word()), "x*"]
    agent.maxDepth = count()
    agent.failureBudget = maybe { random in
      var budget = FailureBudgetSettings()
      budget.rate = random.share()
      budget.window = .seconds(Int64(random.count()))
      return budget
    }
    agent.caps.steps = count()
    agent.caps.cost = maybe { $0.money() } ?? nil
    agent.owner = maybe { $0.word() }
    agent.policies = policies()
    return agent
  }

  mutating func pipeline() -> PipelineSettings {
    var pipeline = PipelineSettings()
    pipeline.feature = maybe { normalized($0.word()) }
    pipeline.objective = maybe { .milliseconds(Int64.random(in: 1...100_000, using: &$0.generator)) }
    pipeline.cacheKey = flag() ? [] : [word()]
    pipeline.items = maybe { Int.random(in: 0...1_000_000, using: &$0.generator) }
    pipeline.stages = entries { random in
      var stage = StageSettings()
      stage.budget = random.maybe { .seconds(Int64.random(in: 1...100_000, using: &$0.generator)) }
      stage.cacheKey = random.maybe { [$0.word()] }
      stage.workers = random.maybe { Int.random(in: 0...9, using: &$0.generator) }
      stage.perItem = 0.5
      return stage
    }
    // A kind belongs to one stage.
    if let first = pipeline.stages.first {
      var stage = first.value
      stage.kind = StageSettings.Kind.allCases.randomElement(using: &generator)
      pipeline.stages.set(first.id, to: stage)
    }
    pipeline.policies = policies()
    return pipeline
  }
}
