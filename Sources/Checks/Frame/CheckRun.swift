public import Project
public import Records
public import Store

/// Runs checks over one state of a ledger.
public struct CheckRun: Sendable {
  /// In the order of the catalogue, then of the subjects.
  public private(set) var findings: [Finding] = []
  /// Checks that have no subject here.
  public private(set) var notApplicable: [String] = []
  /// Checks that could not run, and why; nothing of them is in `findings`.
  public private(set) var failures: [Failure] = []

  public struct Failure: Sendable, Equatable {
    public let check: String
    public let problem: String

    public init(check: String, problem: String) {
      (self.check, self.problem) = (check, problem)
    }
  }

  /// What is being judged.
  public struct Progress: Sendable {
    public let check: String
    /// Its name; of several that are judged at once the first ones.
    public let subject: String
    /// How much of its spans was read; nil when it begins.
    public let reading: SpanScan.Progress?
  }

  /// How long a finding is taken for evidence.
  static let validDays: Int64 = 30

  /// - Parameters:
  ///   - checks: ids; nil for all.
  ///   - now: when the findings are computed; what they say depends on `ledger.asOf` alone.
  ///   - goesOn: whether a check that cannot run is noted, and the others run all the same.
  ///   - progress: called before each subject, or each group that is judged at once, and after each hour of its spans, on any thread.
  /// - Throws: what reading the ledger throws.
  public static func run(
    checks: [String]? = nil, project: Project, ledger: Snapshot, now: Instant, goesOn: Bool = false,
    progress: (@Sendable (Progress) -> Void)? = nil
  ) throws -> CheckRun {
    var run = CheckRun()
    let tokenizers = TokenizerShelf(project)
    for check in Catalogue.checks where checks?.contains(check.id) ?? true {
      let before = run
      do {
        try run.add(check, project: project, ledger: ledger, tokenizers: tokenizers, now: now, progress: progress)
      } catch {
        guard goesOn else { throw error }
        run = before
        run.failures.append(Failure(check: check.id, problem: "\(error)"))
      }
    }
    return run
  }

  private mutating func add<Checked: Check>(
    _ check: Checked.Type, project: Project, ledger: Snapshot, tokenizers: TokenizerShelf, now: Instant,
    progress: (@Sendable (Progress) -> Void)?
  ) throws {
    let subjects = try check.subjects(project, ledger)
    if subjects.isEmpty { notApplicable.append(check.id) }
    // Subjects do not depend on each other.
    let groups = CheckRun.groups(of: subjects, atMost: check.subjectsAtOnce)
    findings += try ledger.share(
      groups.map { subjects in
        { ledger in
          let names = NumberWords.list(subjects.map(\.name), limit: 2)
          progress?(Progress(check: check.id, subject: names, reading: nil))
          ledger.scan.onProgress = progress.map { tell in
            { tell(Progress(check: check.id, subject: names, reading: $0)) }
          }
          return try CheckRun.findings(
            of: check, subjects, project: project, ledger: ledger, tokenizers: tokenizers, now: now)
        }
      }
    ).joined()
  }

  /// Neighbours together, in groups of much the same size.
  static func groups<Subject>(of subjects: [Subject], atMost most: Int) -> [[Subject]] {
    let count = (subjects.count + most - 1) / most
    return (0..<count).map { Array(subjects[$0 * subjects.count / count..<($0 + 1) * subjects.count / count]) }
  }

  private static func findings<Checked: Check>(
    of check: Checked.Type, _ subjects: [CheckSubject], project: Project, ledger: Snapshot, tokenizers: TokenizerShelf,
    now: Instant
  ) throws -> [Finding] {
    let policies = subjects.map { project.policy(Checked.Policy.self, subject: [$0.policies]) }
    let cases = try zip(subjects, policies).map { subject, policy in
      // Each on an account of what is read for it.
      let account = ledger.account()
      return CheckCase(
        subject: subject, policy: policy.value,
        context: CheckContext(
          project: project, ledger: account, history: try account.findings(check: check.id, subject: subject.name),
          tokenizers: tokenizers))
    }
    let judgements = try check.judge(cases, ledger)
    return try zip(zip(cases, policies), judgements).map { judged, judgement in
      var judgement = judgement
      judgement.judgeMissingFields()
      return Finding(
        judgement, check: check.id, subject: judged.0.subject, policy: try judged.1.canonicalJSON,
        ledger: judged.0.context.ledger, now: now)
    }
  }
}

extension Finding {
  init(
    _ judgement: Judgement, check: String, subject: CheckSubject, policy: String, ledger: Snapshot, now: Instant
  ) {
    self.init(
      check: check, subject: subject.name, asOf: ledger.asOf, policySHA256: SHA256Digest(of: policy),
      inputsSHA256: ledger.inputs)
    verdict = judgement.verdict
    // Stable: within a verdict, reasons stay in the order of the check's file.
    reasons = Verdict.allCases.reversed().flatMap { verdict in judgement.reasons.filter { $0.verdict == verdict } }
    headline = judgement.headline
    measures = judgement.measures
    if judgement.excluded > 0 {
      measures.append(Measure("excluded", Double(judgement.excluded), unit: "records"))
    }
    figures = judgement.figures
    evidence = judgement.evidence
    missing = judgement.missing
    next = judgement.next
    owner = subject.owner
    method = judgement.method
    seed = judgement.seed
    looks = judgement.looks
    at = now
    expiresAt = now.adding(days: CheckRun.validDays)
  }
}

extension Judgement {
  /// Too many records without a needed field: what passes or warns is unknown instead; what fails stays.
  mutating func judgeMissingFields() {
    guard lacksFields, verdict != .fail else { return }
    unknown(
      "MISSING_FIELDS",
      "\(excluded) of \(used + excluded) records lack a field that this needs; more than a share of \(maxMissingShare) is too many.",
      missing: "records with the missing fields", excluded)
  }
}
