/// Values of labels in Prometheus's text format (exposition format 0.0.4).
enum PrometheusLabel {
  /// With backslash, quote and line feed as the format writes them.
  static func escaped(_ value: String) -> String {
    var escaped = ""
    for character in value {
      switch character {
      case "\\": escaped += "\\\\"
      case "\"": escaped += "\\\""
      case "\n": escaped += "\\n"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
