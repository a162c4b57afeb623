import Records
import Statistics
import Store

/// Whether others wait longer in the minutes in which a tenant takes more than its quota.
struct NeighbourNoise {
  struct Reading: Equatable {
    let tenant: String
    /// Minutes in which it took more than its quota.
    let minutes: Int
    /// Calls of others in those minutes, and of those the slow ones; then in all other minutes.
    let loud: (slow: Int, calls: Int)
    let quiet: (slow: Int, calls: Int)

    /// One-sided: the share of slow calls is larger in loud minutes.
    var pValue: Double {
      Fisher.exact(
        a: loud.slow, b: loud.calls - loud.slow, c: quiet.slow, d: quiet.calls - quiet.slow, alternative: .greater
      ).pValue
    }

    /// Of the shares; nil without calls on either side, infinite where none is slow else.
    var ratio: Double? {
      guard let loudShare = Share.of(loud.slow, loud.calls), let quietShare = Share.of(quiet.slow, quiet.calls) else {
        return nil
      }
      return quietShare > 0 ? loudShare / quietShare : loudShare > 0 ? .infinity : nil
    }

    /// Whether the loud minutes are worse by so much, and not by chance.
    func isNoisy(alpha: Double, ratio least: Double) -> Bool { pValue <= alpha && ratio?.isAtLeast(least) ?? false }

    static func == (left: Reading, right: Reading) -> Bool {
      left.tenant == right.tenant && left.minutes == right.minutes && left.loud == right.loud
        && left.quiet == right.quiet
    }
  }

  private struct Cell {
    var tokens: Int64 = 0
    var calls = 0
    var slow = 0
  }

  private let slo: Duration?
  private var minutes: [Int64: [String: Cell]] = [:]

  init(slo: Duration?) { self.slo = slo }

  mutating func add(_ span: WindowSpan, of tenant: String) {
    guard let slo else { return }
    let minute = Instant.minute(of: span.startedAt)
    var cell = minutes[minute]?[tenant] ?? Cell()
    cell.tokens += (span.inputTokens ?? 0) + (span.outputTokens ?? 0)
    if let end = span.endedAt {
      cell.calls += 1
      if span.startedAt.duration(to: end) > slo { cell.slow += 1 }
    }
    minutes[minute, default: [:]][tenant] = cell
  }

  /// O(minutes · tenants of each).
  /// - Parameter quota: tokens a minute.
  func reading(of tenant: String, quota: Int) -> Reading {
    var (loud, quiet) = ((slow: 0, calls: 0), (slow: 0, calls: 0))
    var count = 0
    for cells in minutes.values {
      let isLoud = (cells[tenant]?.tokens ?? 0) > Int64(quota)
      if isLoud { count += 1 }
      for (other, cell) in cells where other != tenant {
        if isLoud {
          loud = (loud.slow + cell.slow, loud.calls + cell.calls)
        } else {
          quiet = (quiet.slow + cell.slow, quiet.calls + cell.calls)
        }
      }
    }
    return Reading(tenant: tenant, minutes: count, loud: loud, quiet: quiet)
  }
}

extension Instant {
  /// Minutes since 1970, towards the past.
  static func minute(of instant: Instant) -> Int64 {
    let (quotient, rest) = instant.nanoseconds.quotientAndRemainder(dividingBy: 60_000_000_000)
    return rest < 0 ? quotient - 1 : quotient
  }
}
