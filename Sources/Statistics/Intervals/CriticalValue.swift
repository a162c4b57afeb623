/// How many standard errors a two-sided interval reaches to each side.
enum CriticalValue {
  /// Φ⁻¹(0.975), written out because it is the value that every published number of the project was computed with,
  /// and because intervals at this level are computed by the million.
  static let normal95 = 1.959963984540054

  static func normal(level: Double) -> Double {
    level == 0.95 ? normal95 : Normal.standard.upperQuantile((1 - level) / 2)
  }

  static func student(level: Double, degreesOfFreedom: Double) -> Double {
    StudentT(degreesOfFreedom: degreesOfFreedom).upperQuantile((1 - level) / 2)
  }
}
