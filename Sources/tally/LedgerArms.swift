import Comparison
import Glibc
import Records
import Store

/// Arguments `SUITE@VARIANT` and `SUITE:VERSION@VARIANT`: trials that lie in the ledger.
struct LedgerArms {
  /// One such argument.
  struct Name: Sendable {
    let argument: String
    /// Which argument of the command it is.
    let source: Int
  }

  /// What was found for it.
  struct Arm: Sendable {
    let name: Name
    let suite: String
    let version: String?
    let variant: String
    let metric: String
    let series: [TrialSeriesSummary]
  }

  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  /// The arguments that can only be names: with an `@`, and not the path of anything.
  static func names(in arguments: [String]) -> [Name] {
    arguments.enumerated().compactMap { source, argument in
      argument.contains("@") && access(argument, F_OK) != 0 ? Name(argument: argument, source: source) : nil
    }
  }

  /// Finds the trials of all names at once, since arms of one suite are compared in the newest version common to them.
  static func find(_ names: [Name], metric: String?, in snapshot: Snapshot, ledger: String) throws -> [Arm] {
    let all = try snapshot.trialSeries()
    let candidates = try names.map { try Candidate($0, all, metric: metric, ledger: ledger) }
    return try candidates.map { candidate in
      let rivals = candidates.filter { $0.suite == candidate.suite }
      return try candidate.arm(among: rivals)
    }
  }

  /// A name with the series that it may mean: of its suite, variant and metric, in all versions.
  private struct Candidate {
    let name: Name
    let suite: String
    let variant: String
    let metric: String
    let series: [TrialSeriesSummary]
    /// As the user wrote it; nil leaves the choice open.
    let version: String?

    init(_ name: Name, _ all: [TrialSeriesSummary], metric: String?, ledger: String) throws {
      let (suite, version, variant) = try Candidate.parts(name.argument, all, ledger)
      let own = all.filter { $0.suite == suite && $0.variant == variant }
      guard !own.isEmpty else {
        let variants = Candidate.distinct(all.filter { $0.suite == suite }.map(\.variant))
        throw Problem(
          description: """
            \(name.argument): suite '\(suite)' has no variant '\(variant)'\(LedgerArms.meant(variant, variants)). \
            Its variants are: \(LedgerArms.listing(variants)).
            """)
      }
      let metrics = Candidate.distinct(own.map(\.metric))
      guard let chosen = metric ?? (metrics.count == 1 ? metrics[0] : metrics.first { $0 == "correct" }),
        metrics.contains(chosen)
      else {
        let problem = metric.map { "has no metric '\($0)'" } ?? "has several metrics"
        throw Problem(
          description: "\(name.argument) \(problem). Choose with --metric: \(LedgerArms.listing(metrics)).")
      }
      self.name = name
      self.suite = suite
      self.variant = variant
      self.version = version
      self.metric = chosen
      series = own.filter { $0.metric == chosen }
    }

    /// Suite, version and variant; a suite's name may itself hold `@` or `:`.
    private static func parts(
      _ argument: String, _ all: [TrialSeriesSummary], _ ledger: String
    ) throws -> (suite: String, version: String?, variant: String) {
      let suites = distinct(all.map(\.suite))
      for place in argument.indices where argument[place] == "@" {
        let (left, variant) = (String(argument[..<place]), String(argument[argument.index(after: place)...]))
        if suites.contains(left) { return (left, nil, variant) }
        if let colon = left.lastIndex(of: ":"), suites.contains(String(left[..<colon])) {
          return (String(left[..<colon]), String(left[left.index(after: colon)...]), variant)
        }
      }
      let suite = String(argument.prefix { $0 != "@" && $0 != ":" })
      throw Problem(
        description: """
          \(argument): there is no such file, and the ledger \(ledger) has no suite \
          '\(suite)'\(LedgerArms.meant(suite, suites)). \
          \(suites.isEmpty ? "It holds no trials: `tally ingest FILE` stores some" : "Its suites are: \(LedgerArms.listing(suites))").
          """)
    }

    /// Versions with the time of their newest trial.
    private var versions: [String?: Instant] {
      series.reduce(into: [:]) { versions, series in
        versions[series.suiteVersion] = max(versions[series.suiteVersion] ?? series.lastAt, series.lastAt)
      }
    }

    func arm(among rivals: [Candidate]) throws -> Arm {
      let version = try version.map(Optional.some) ?? newestCommon(rivals)
      let chosen = series.filter { $0.suiteVersion == version }
      guard !chosen.isEmpty else {
        let known = Candidate.distinct(series.map { $0.suiteVersion ?? "none" })
        throw Problem(
          description: """
            \(name.argument): there are no trials of version '\(version ?? "none")'. \
            \(variant) has the versions: \(LedgerArms.listing(known)).
            """)
      }
      return Arm(name: name, suite: suite, version: version, variant: variant, metric: metric, series: chosen)
    }

    private func newestCommon(_ rivals: [Candidate]) throws -> String? {
      // A version that the user wrote for one arm is meant for the others too.
      if let written = rivals.compactMap(\.version).first { return written }
      var common = versions
      for rival in rivals {
        let theirs = rival.versions
        common = common.filter { theirs[$0.key] != nil }
      }
      let newest = common.max { left, right in
        left.value == right.value ? (left.key ?? "") < (right.key ?? "") : left.value < right.value
      }
      if let newest { return newest.key }
      let listing = rivals.map { rival in
        "  \(rival.variant): \(LedgerArms.listing(Candidate.distinct(rival.series.map { $0.suiteVersion ?? "none" })))"
      }
      throw Problem(
        description: """
          the variants of suite '\(suite)' were tried on no common version of it; versions are never compared:
          \(listing.joined(separator: "\n"))
          """)
    }

    private static func distinct(_ names: [String]) -> [String] {
      var seen: Set<String> = []
      return names.filter { seen.insert($0).inserted }
    }
  }

  private static func meant(_ name: String, _ names: [String]) -> String {
    NearestName.nearest(to: name, in: names).map { " (do you mean '\($0)'?)" } ?? ""
  }

  private static func listing(_ names: [String]) -> String {
    names.prefix(20).joined(separator: ", ") + (names.count > 20 ? " and \(names.count - 20) more" : "")
  }
}

extension LedgerArms {
  /// Reads the trials of the names into the table, each as the source that it is.
  static func read(
    _ names: [Name], metric: String?, from ledger: Ledger, into table: TrialTable
  ) async throws -> [Arm] {
    // Safe: this function waits for the read, so that nobody else touches the table meanwhile.
    struct Handed: @unchecked Sendable { let table: TrialTable }
    let handed = Handed(table: table)
    let location = ledger.location
    return try await ledger.read { snapshot in
      let arms = try find(names, metric: metric, in: snapshot, ledger: location)
      // Items of one suite are told apart by their ids alone, so that they also pair with those of a file.
      let isOneSuite = Set(arms.map(\.suite)).count == 1
      for arm in arms {
        try snapshot.forEachTrial(of: arm.series, slices: handed.table.sliceNames) { row, _ in
          var row = copy row
          if isOneSuite { row.suite = nil }
          row.suiteVersion = nil
          // Named as a file of that name would be, so that both give the same seed.
          row.variant = nil
          try handed.table.add(row, source: arm.name.source, sourceName: arm.variant)
        }
      }
      return arms
    }
  }
}
