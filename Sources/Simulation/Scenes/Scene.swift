import Records
internal import Statistics

/// One part of the company, as it lives through the quarter.
protocol Scene: Sendable {
  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar)

  /// What happens on a day. Called once a day, in order.
  mutating func records(on day: Int) -> [Record]

  /// What the part declares in `tally.yaml`.
  var declaration: Declaration { get }

  /// Files that `tally.yaml` names, by their paths beside it.
  var files: [String: [UInt8]] { get }

  /// What was said in a call of the part, where the call names it by its hash.
  static func contents(of span: SpanRecord, _ plan: Plan) -> [Content]
}

extension Scene {
  var files: [String: [UInt8]] { [:] }

  static func contents(of span: SpanRecord, _ plan: Plan) -> [Content] { [] }
}

extension Part {
  var scene: any Scene.Type {
    switch self {
    case .assistant: AssistantScene.self
    case .helpcenter: HelpCenterScene.self
    case .triage: TriageScene.self
    case .drafts: DraftsScene.self
    case .promises: PromisesScene.self
    case .invoices: InvoicesScene.self
    case .search: SearchScene.self
    case .concierge: ConciergeScene.self
    case .receipts: ReceiptsScene.self
    case .suggestions: SuggestionsScene.self
    case .cloud: CloudScene.self
    case .statements: StatementsScene.self
    case .guide: GuideScene.self
    case .contracts: ContractsScene.self
    case .letters: LettersScene.self
    case .desk: DeskScene.self
    case .hotline: HotlineScene.self
    case .workspace: WorkspaceScene.self
    }
  }

  /// Far apart in the seed space, so that parts share no luck.
  func generator(seed: UInt64) -> Xoshiro256StarStar {
    let place = UInt64(Part.allCases.firstIndex(of: self) ?? 0) + 1
    return Xoshiro256StarStar(seed: seed &+ place &* 0x9e37_79b9_7f4a_7c15)
  }
}
