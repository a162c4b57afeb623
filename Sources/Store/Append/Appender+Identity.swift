public import Records

extension Appender {
  /// The id that a finding has, or will have, in a ledger.
  public static func identity(of finding: Finding) throws -> RecordID {
    RecordID(milliseconds: finding.time.milliseconds, digest: try DigestVisitor().digest(finding))
  }
}
