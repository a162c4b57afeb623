import Records

/// A table that commits add to and that the chain covers. Its number is part of the format.
enum CommitTable: Hashable {
  case records(RecordKind)
  /// Which rows of a kind were replaced by which: what is current rests on it as much as on the records.
  case replaced(RecordKind)
  case terms
  case series
  case trialRollup
  case spanRollup

  var number: Int64 {
    switch self {
    case .records(let kind): kind.rawValue
    case .replaced(let kind): 100 + kind.rawValue
    case .terms: 201
    case .series: 202
    case .trialRollup: 203
    case .spanRollup: 204
    }
  }

  init?(number: Int64) {
    switch number {
    case 201: self = .terms
    case 202: self = .series
    case 203: self = .trialRollup
    case 204: self = .spanRollup
    default:
      if let kind = RecordKind(rawValue: number) {
        self = .records(kind)
      } else if let kind = RecordKind(rawValue: number - 100) {
        self = .replaced(kind)
      } else {
        return nil
      }
    }
  }

  /// The table's name.
  var name: String {
    switch self {
    case .records(let kind): kind.name
    case .replaced: "superseded"
    case .terms: "term"
    case .series: "trial_series"
    case .trialRollup: "trial_rollup"
    case .spanRollup: "span_rollup"
    }
  }
}
