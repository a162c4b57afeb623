internal import Records

/// A message for an incoming webhook of Slack.
///
/// Source: "Sending messages using incoming webhooks", https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: a
/// POST of `{"text": …}`; and "Formatting message text", https://docs.slack.dev/messaging/formatting-message-text: `&`, `<` and `>`
/// are written as entities, without which a text could mention everybody (`<!channel>`).
enum SlackNotice {
  private static let longest = 3_000

  static func json(_ notice: Notice, link: String?) -> JSONValue {
    let headline = notice.headline { "*\($0)*" }
    var lines = [escaped(headline), escaped(notice.topic + (notice.owner.map { ", owner \($0)" } ?? ""))]
    if notice.event != .resolve, !notice.next.isEmpty { lines.append("Next: \(escaped(notice.next))") }
    let page = notice.link(at: link).map { " · <\(escaped($0))|findings>" } ?? ""
    lines.append("`\(escaped(notice.command))`\(page)")
    var message = JSONObject()
    message["text"] = .string(lines.joined(separator: "\n"))
    return .object(message)
  }

  private static func escaped(_ text: String) -> String {
    let short = text.count > longest ? text.prefix(longest) + "…" : text
    var escaped = ""
    for character in short {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
