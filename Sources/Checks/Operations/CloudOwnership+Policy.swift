public import Project

extension CloudOwnership {
  /// Thresholds of cloud ownership.
  public struct Policy: CheckPolicy {
    public static let check = "cloud-ownership"

    /// Tags that may name an owner, the surest first.
    public var ownerTags = ["owner", "team"]
    /// What people write where they have no owner.
    public var placeholders = ["unknown", "none", "n/a", "na", "tbd", "todo", "null", "-", "{}", "?"]
    /// Days for which a confirmation of a person or team counts.
    public var attestDays = 90
    /// Share of spend without a living owner: above the first it fails, above the second it warns.
    public var maxUnownedShare = 0.05
    public var warnUnownedShare = 0.02
    /// Who carries what nobody owns until somebody claims it.
    public var defaultOwner: String?
    /// A day is a spike from this much above the median of like days on…
    public var spikeRatio = 0.40
    /// …and from this amount on, in the currency of the bill.
    public var spikeMinAmount = 100.0
    /// Like days (weekdays, or days of weekends) that the median is taken of.
    public var spikeHistory = 8
    /// Days without an owner after which an account is noticed, frozen and paused.
    public var escalateDays = [14, 30, 60]
    /// Share of lines without an effective cost up to which they are left out.
    public var maxMissingShare = 0.05

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("owner_tags", \.ownerTags, .list(of: .text), "Tags that may name an owner, the surest first"),
      Key("placeholders", \.placeholders, .list(of: .text), "What people write where they have no owner"),
      Key("attest_days", \.attestDays, .count, "Days for which a confirmation of a person or team counts"),
      Key("max_unowned_share", \.maxUnownedShare, .share, "Share of spend without an owner, above which it fails"),
      Key("warn_unowned_share", \.warnUnownedShare, .share, "Share of spend without an owner, above which it warns"),
      Key("default_owner", \.defaultOwner, .optional(.text), "Who carries what nobody owns until somebody claims it"),
      Key("spike_ratio", \.spikeRatio, .nonNegative, "Rise above the median of like days from which a day is a spike"),
      Key("spike_min_amount", \.spikeMinAmount, .nonNegative, "Amount of a day from which it may be a spike"),
      Key("spike_history", \.spikeHistory, .integer(in: 4...60), "Like days that the median is taken of"),
      Key("escalate_days", \.escalateDays, .list(of: .count), "Days without an owner until notice, freeze and pause"),
      Key("max_missing_share", \.maxMissingShare, .share, "Share of lines without an effective cost that is left out"),
    ]

    public func faults() -> [Fault] {
      var faults: [Fault] = []
      if warnUnownedShare > maxUnownedShare {
        faults.append(
          Fault(
            key: "warn_unowned_share", problem: "warn_unowned_share is above max_unowned_share",
            remedy: "The warning comes first: write a smaller warn_unowned_share."))
      }
      if escalateDays.count != 3 || escalateDays != escalateDays.sorted() {
        faults.append(
          Fault(
            key: "escalate_days", problem: "escalate_days are not three numbers that grow",
            remedy: "Write the days until notice, freeze and pause, such as [14, 30, 60]."))
      }
      return faults
    }
  }
}
