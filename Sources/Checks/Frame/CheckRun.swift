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
  ///   - progress: called before each subject and after each hour of its spans, on any thread.
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
    // Subjects do not depend on each other: each starts a new account of what is read.
    findings += try ledger.share(
      subjects.map { subject in
        { ledger in
          progress?(Progress(check: check.id, subject: subject.name, reading: nil))
          ledger.scan.onProgress = progress.map { tell in
            { tell(Progress(check: check.id, subject: subject.name, reading: $0)) }
          }
          return try CheckRun.finding(
            of: check, subject, project: project, ledger: ledger, tokenizers: tokenizers, now: now)
        }
      })
  }

  private static func finding<Checked: Check>(
    of check: Checked.Type, _ subject: CheckSubject, project: Project, ledger: Snapshot, tokenizers: TokenizerShelf,
    now: Instant
  ) throws -> Finding {
    let policy = project.policy(Checked.Policy.self, subject: [subject.policies])
    ledger.startInputs()
    let context = CheckContext(
      project: project, ledger: ledger, history: try ledger.findings(check: check.id, subject: subject.name),
      tokenizers: tokenizers)
    var judgement = try check.judge(subject, policy: policy.value, context)
    judgement.judgeMissingFields()
    return Finding(
      judgement, check: check.id, subject: subject, policy: try policy.canonicalJSON, ledger: ledger, now: now)
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
