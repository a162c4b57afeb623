/// A picture of a finding as data: what is drawn, not how. `Reports` draws it as text, Markdown or SVG.
public enum Figure: Sendable, Equatable {
  /// Estimates with intervals on one common axis, each against its own limit.
  case intervals(title: String, unit: Unit, rows: [IntervalRow])
  /// Two shares of the same category back to back.
  case mirror(title: String, left: String, right: String, rows: [MirrorRow])
  /// Parts of a whole.
  case parts(title: String, unit: Unit, parts: [Part])
  /// A curve through points, against the diagonal where both axes are shares of the same thing.
  case curve(title: String, x: String, y: String, points: [Point], diagonal: Bool)
  /// Rows and columns.
  case table(title: String, columns: [String], rows: [[String]])

  public enum Unit: String, Sendable {
    /// 0…1, shown as per cent.
    case share
    /// A difference of shares, shown as percentage points.
    case points
    /// A plain number.
    case number
  }

  public struct IntervalRow: Sendable, Equatable {
    public var label: String
    /// Nil draws a hollow row: nothing was measured.
    public var value: Double?
    public var low: Double?
    public var high: Double?
    public var limit: Double?
    /// What stands behind the row (items, the state of the row, pairs still needed).
    public var note: String

    public init(_ label: String, _ value: Double?, low: Double?, high: Double?, limit: Double? = nil, note: String = "")
    {
      self.label = label
      self.value = value
      self.low = low
      self.high = high
      self.limit = limit
      self.note = note
    }
  }

  public struct MirrorRow: Sendable, Equatable {
    public var label: String
    public var left: Double
    public var right: Double
    public var note: String

    public init(_ label: String, left: Double, right: Double, note: String = "") {
      self.label = label
      self.left = left
      self.right = right
      self.note = note
    }
  }

  public struct Part: Sendable, Equatable {
    public var label: String
    public var value: Double

    public init(_ label: String, _ value: Double) {
      self.label = label
      self.value = value
    }
  }

  public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double
    public var note: String

    public init(_ x: Double, _ y: Double, note: String = "") {
      self.x = x
      self.y = y
      self.note = note
    }
  }
}
