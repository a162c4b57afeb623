import Records
import Testing

@testable import Gateway

/// What keeps the entries of an upstream's prompt cache apart.
struct CacheSaltTests {
  private static let secret = "0123456789abcdef0123456789abcdef"

  private func salt(
    _ body: String = #"{"model":"m"}"#, _ endpoint: CallEndpoint = .chat, key: String? = nil, tenant: String? = nil,
    states stated: String? = nil, _ member: CacheSalt.Member = .cacheSalt, secret: String = secret
  ) throws -> (key: CacheSalt.Key?, body: String) {
    let access = (key ?? tenant).map { name in
      var access = AccessKey(name: name, scopes: [.call], createdAt: Instant(nanoseconds: 0))
      access.tenant = tenant
      return access
    }
    let salt = CacheSalt(member, secret: secret, sharing: ["open"])
    var call = CallSpan(
      request: try CallRequest(endpoint, Array(body.utf8)), notes: CallNotes { $0 == "x-tally-tenant" ? stated : nil },
      principal: Principal(key: access),
      upstream: Upstream(name: "u", url: "http://u", dialect: endpoint.dialect, headers: [], cacheSalt: salt),
      traceID: "t", spanID: "s", startedAt: Instant(nanoseconds: 0))
    try call.salt()
    let outgoing = call.request.outgoing(model: nil, asksForUsage: true, cache: call.cacheMember)
    return (call.cacheKey, String(decoding: outgoing, as: UTF8.self))
  }

  /// As Python's hmac has them, of `6:tenant4:acme` and the like.
  @Test func theValueIsTheTenantsCode() throws {
    let acme = "6c5c0f07c797324dc4b351111a09d5cba0037bc5e6e3c2a255fc9525bfa35dbc"
    #expect(try salt(tenant: "acme").key?.value == acme)
    #expect(try salt(tenant: "beta").key?.value == "6609019a6da44f4dbce72fe6a78b6938d8dd0acc1bd9682ff8029038f8ada543")
    #expect(
      try salt(#"{"model":"m","cache_salt":"hi"}"#, tenant: "acme").key?.value
        == "1ee4b6e84edbfc2c7ef1c831e178abb0f01b920edefa0f6cbd74600eea5d686d")
    #expect(try salt(key: "plain").key?.value == "aa63d6e1bdf56138b9c3b159c92114f861981b4ef75e2a8e0abab7952a3430d4")
    #expect(try salt().key?.value == "2efea514b08c1462148551a3a657f61b169471e5f90c9da568c5cd2baf7a8324")
    // OpenAI takes 64 characters.
    #expect(acme.utf8.count == 64)
    #expect(try salt(tenant: "acme").body == #"{"cache_salt":"\#(acme)","model":"m"}"#)
    #expect(try salt(tenant: "acme").key?.sha256 == SHA256Digest(of: acme))
  }

  /// Whose calls may meet in a cache: the same only with themselves.
  @Test func nobodyMeetsAnybodyElse() throws {
    let own = #"{"model":"m","cache_salt":"hi"}"#
    let keys = [
      try salt(tenant: "acme"), try salt(tenant: "beta"), try salt(own, tenant: "acme"), try salt(own, tenant: "beta"),
      try salt(key: "acme"), try salt(key: "a", states: "acme"), try salt(key: "b", states: "acme"),
      try salt(states: "acme"), try salt(states: "open"), try salt(key: "a", states: "open"), try salt(), try salt(own),
      try salt(#"{"model":"m","cache_salt":""}"#, tenant: "acme"), try salt(tenant: "acme", secret: "another secret"),
    ].map { $0.key?.value }
    #expect(Set(keys).count == keys.count && keys.allSatisfy { $0?.utf8.count == 64 })
    #expect(
      try [salt(tenant: "acme"), salt(key: "a", states: "acme"), salt(key: "a"), salt(), salt(states: "acme")].map {
        $0.key?.scope
      } == ["tenant", "stated", "key", "anybody", "anybody"])
    // The same is the same, through whichever key, and whatever else is asked.
    #expect(try salt(key: "one", tenant: "acme").key == salt(key: "two", tenant: "acme", states: "acme").key)
    #expect(try salt(own, tenant: "acme").key == salt(#"{"cache_salt":"hi","model":"other"}"#, tenant: "acme").key)
  }

  @Test func whoSharesIsLeftAlone() throws {
    for body in [#"{"model":"m"}"#, #"{"model":"m","cache_salt":"hi"}"#] {
      let shared = try salt(body, tenant: "open")
      #expect(shared.body == body && shared.key?.scope == "shared")
      #expect(shared.key?.sha256 == (body.contains("hi") ? SHA256Digest(of: "hi") : nil))
    }
  }

  /// The member is exchanged where it is, in either spelling, and nothing else is.
  @Test(arguments: CacheSalt.Member.allCases)
  func onlyTheMemberIsExchanged(_ member: CacheSalt.Member) throws {
    let name = member.rawValue
    let value = try #require(try salt(tenant: "acme", member).key?.value)
    for (body, expected) in [
      (#"{ "model":"m", "NAME" : null , "x":1}"#, #"{ "model":"m", "NAME" : "\#(value)" , "x":1}"#),
      (#"{"model":"m","metadata":{"NAME":"inner"}}"#, #"{"NAME":"\#(value)","model":"m","metadata":{"NAME":"inner"}}"#),
      (
        #"{"model":"m","stream":true}"#,
        #"{"NAME":"\#(value)","stream_options":{"include_usage":true},"model":"m","stream":true}"#
      ),
    ] {
      let (body, expected) = (body.replacing("NAME", with: name), expected.replacing("NAME", with: name))
      #expect(try salt(body, tenant: "acme", member).body == expected)
    }
    // An escaped name is that name, and what it says goes into the code.
    let escaped = #"{"model":"m","\#(name.replacing("_", with: #"\u005f"#))":"h\u0069"}"#
    let plain = try salt(#"{"model":"m","\#(name)":"hi"}"#, tenant: "acme", member)
    let read = try salt(escaped, tenant: "acme", member)
    #expect(read.key == plain.key && !read.body.contains("h\\u0069") && read.body.contains("\\u005f"))
    for (first, second) in [("\"a\"", "\"b\""), ("null", "\"b\""), ("\"a\"", "null")] {
      #expect(throws: CallRefusal.self) {
        try salt(#"{"model":"m","\#(name)":\#(first),"\#(name)":\#(second)}"#, tenant: "acme", member)
      }
    }
    for wrong in ["1", "[]", "{}", "true"] {
      #expect(throws: CallRefusal.self) {
        try salt(#"{"model":"m","\#(name)":\#(wrong)}"#, tenant: "acme", member)
      }
    }
  }

  /// What an API does not know is not said to it.
  @Test func onlyWhereItIsKnown() throws {
    for (endpoint, member, isKnown) in [
      (.chat, .promptCacheKey, true), (.responses, .promptCacheKey, true), (.embeddings, .promptCacheKey, false),
      (.messages, .promptCacheKey, false), (.chat, .cacheSalt, true), (.responses, .cacheSalt, true),
      (.embeddings, .cacheSalt, true), (.messages, .cacheSalt, false),
    ] as [(CallEndpoint, CacheSalt.Member, Bool)] {
      let salted = try salt(#"{"model":"m"}"#, endpoint, tenant: "acme", member)
      #expect((salted.key != nil) == isKnown && (salted.body == #"{"model":"m"}"#) == !isKnown)
    }
    // Where nobody salts, even what is there twice goes on.
    let twice = #"{"model":"m","cache_salt":"a","cache_salt":1}"#
    let request = try CallRequest(.chat, Array(twice.utf8))
    #expect(String(decoding: request.outgoing(model: nil, asksForUsage: true), as: UTF8.self) == twice)
  }
}
