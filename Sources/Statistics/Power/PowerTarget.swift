/// What a plan must hold: the risks it accepts and the price of dependence.
public struct PowerTarget: Sendable, Equatable {
  /// Two-sided level of the test for a difference, in (0, 1).
  public var alpha: Double
  /// The chance to see the planned effect when it is there, in (0, 1).
  public var power: Double
  /// One-sided level of the tests against a margin, in (0, ½).
  public var marginAlpha: Double
  /// By how much clusters inflate the variance, at least 0; 1 for independent items. Items needed are multiplied by it,
  /// items at hand divided.
  public var designEffect: Double

  public init(alpha: Double = 0.05, power: Double = 0.80, marginAlpha: Double = 0.025, designEffect: Double = 1) {
    self.alpha = alpha
    self.power = power
    self.marginAlpha = marginAlpha
    self.designEffect = designEffect
  }

  /// Φ⁻¹(1 − α/2).
  var testQuantile: Double { Normal.standard.upperQuantile(alpha / 2) }
  /// Φ⁻¹(power).
  var powerQuantile: Double { Normal.standard.quantile(power) }
  /// Φ⁻¹(1 − margin_alpha).
  var marginQuantile: Double { Normal.standard.upperQuantile(marginAlpha) }
  /// Φ⁻¹((1 + power)/2): both one-sided tests of an equivalence must succeed.
  var equivalenceQuantile: Double { Normal.standard.quantile((1 + power) / 2) }
}

extension PowerTarget {
  /// The real number of independent items as a whole number of items under the design effect, at least 1.
  ///
  /// A number that is whole up to 1e-9 is not raised. Nil when no number of items is enough.
  func wholeItems(_ independent: Double) -> Int? {
    let items = independent * designEffect
    guard items.isFinite, items < 0x1p53 else { return nil }
    return max(1, Int((items - 1e-9).rounded(.up)))
  }

  /// Items at hand as independent ones.
  func independent(_ items: Int) -> Double {
    Double(items) / designEffect
  }
}

/// The side on which an effect lies.
public enum EffectDirection: Sendable, Equatable, CaseIterable {
  case up
  case down

  var factor: Double { self == .up ? 1 : -1 }
}
