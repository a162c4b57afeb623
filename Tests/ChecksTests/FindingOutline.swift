import Records

@testable import Checks

/// All that a finding shows, short enough to be compared whole.
extension Finding {
  /// Every measure with its value to four decimals, `-` where it has none: `spans 40`.
  var measured: [String] { measures.map { "\($0.name) \($0.value.map(NumberWords.plain) ?? "-")" } }

  /// Every figure by its title, with how much is in it: `Stages 3`.
  var drawn: [String] {
    figures.map { figure in
      switch figure {
      case .intervals(let title, _, let rows): "\(title) \(rows.count)"
      case .mirror(let title, _, _, let rows): "\(title) \(rows.count)"
      case .parts(let title, _, let parts): "\(title) \(parts.count)"
      case .curve(let title, _, _, let points, _): "\(title) \(points.count)"
      case .table(let title, _, let rows): "\(title) \(rows.count)"
      }
    }
  }
}
