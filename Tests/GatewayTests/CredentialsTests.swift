import Foundation
import Gateway
import Records
import Testing

/// What headers show.
@Suite struct CredentialsTests {
  private static func basic(_ text: String) -> String { "Basic " + Data(text.utf8).base64EncodedString() }

  private static let shown: [(authorization: String?, apiKey: String?, user: String?)] = [
    ("Bearer tally_i_abc", nil, nil),
    ("bearer   tally_i_abc  ", nil, nil),
    ("BEARER tally_i_abc", "tally_i_other", nil),
    (basic("support-bot:tally_i_abc"), nil, "support-bot"),
    (basic(":tally_i_abc"), nil, nil),
    // Without padding.
    (String(basic("bot:tally_i_abc").reversed().drop { $0 == "=" }.reversed()), nil, "bot"),
    (nil, "tally_i_abc", nil),
    (nil, " tally_i_abc ", nil),
    // A scheme that is another's, for a proxy perhaps.
    ("Digest username=x", "tally_i_abc", nil),
  ]

  @Test(arguments: shown)
  func showAToken(_ authorization: String?, _ apiKey: String?, _ user: String?) throws {
    let credentials = try #require(try Credentials.read(authorization: authorization, apiKey: apiKey))
    #expect(credentials.digest == AccessToken.digest(of: "tally_i_abc"))
    #expect(credentials.user == user)
  }

  @Test(arguments: [nil, "", "  "] as [String?])
  func showNothing(_ apiKey: String?) throws {
    #expect(try Credentials.read(authorization: nil, apiKey: apiKey) == nil)
  }

  /// A password may hold colons; a user may not.
  @Test func theFirstColonEndsTheUser() throws {
    let credentials = try #require(try Credentials.read(authorization: CredentialsTests.basic("a:b:c"), apiKey: nil))
    #expect(credentials == (try Credentials.read(authorization: CredentialsTests.basic("a:b:c"), apiKey: nil)))
    #expect(credentials.user == "a" && credentials.digest == AccessToken.digest(of: "b:c"))
  }

  @Test(arguments: [
    "", "Bearer", "Bearer ", "tally_i_abc", "Digest x", "Basic", "Basic !!!!", "Basic YWJj", "Basic YWJjO",
    basic("bot:"),
  ])
  func whatCannotBeReadIsSaid(_ authorization: String) {
    #expect {
      _ = try Credentials.read(authorization: authorization, apiKey: nil)
    } throws: { error in
      guard let denial = error as? AccessDenial else { return false }
      return denial.reason == .unreadable && denial.answer.status == 401
    }
  }
}
