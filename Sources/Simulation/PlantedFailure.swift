/// What may be wrong in the company, each by its name; a part holds one of them or none.
///
/// The sizes are those at which the check of each failure must find it in nine worlds of ten.
public enum PlantedFailure: String, Sendable, CaseIterable {
  case luckyLooks
  case worseRelease
  case unstableHarness
  case rareSliceBelowFloor
  case unlistedTraffic
  case failsTooOften
  case costlyClassMissed
  case overconfident
  case labelDrift
  case inconsistent
  case costlierErrors
  case abilityLost
  case hardRowLost
  case unreachableTarget
  case mixOnlyGain
  case lenientJudge
  case leakedItems
  case uncoveredTraffic
  case rottenMix
  case divergedTrend
  case overBudget
  case claimTooLarge
  case tunedElsewhere
  case unrecordedTime
  case staleCacheKey
  case templateSwapped
  case servedWorse
  case memorisedItems
  case knowsTests
  case lostInProduction
  case movedInputs
  case movedLabels
  case skewedInputs
  case coarseNumbers
  case slowTail
  case adaptedUsers
  case blindSuite
  case newTopic
  case ownersLeft
  case ownerlessSpike
  case hiddenFailures
  case doubledEffect
  case stuffedPrompts
  case longPrompts
  case lostSnapshots
  case unsupportedClaims
  case unrecordedAnswers
  case editedAnswer
  case shortMargin
  case driftedTokenizer
  case stampedPrompts
  case cutAnswers
  case spentBudget
  case escalatedScope
  case unapprovedClosing
  case weakChain
  case undeclaredAgent
  case lostParents
  case shiftedSignal
  case silentSignal
  case unmannedRunbook
  case hastyClosure
  case thinReplay
  case leakedCanary
  case crossedCache
  case missingFilter
  case lateAuthentication
  case unknownCaller
  case darkSpend
  case overAttributed
  case noisyTenant
  case cheapTenant

  /// What is wrong, in words, with its size.
  public var sentence: String {
    switch self {
    case .luckyLooks: "The new release answers as well as the old one, and somebody looks ten times for a win"
    case .worseRelease: "The new release is right 8 points less often"
    case .unstableHarness:
      "Every run of the harness has its own luck: a release differs from itself by ten points and more"
    case .rareSliceBelowFloor:
      "The new release is 8 points better on the whole, and right on 35 % of the fraud reports, whose floor is 62 %"
    case .unlistedTraffic: "A quarter of the traffic is about something that no slice names"
    case .failsTooOften: "Six of a hundred answers invent a policy; two are allowed"
    case .costlyClassMissed: "Half of the fraud tickets are sent elsewhere, with high confidence"
    case .overconfident: "The classifier is 98 % sure on average and right on 85 % of the tickets"
    case .labelDrift:
      "In the last week two thirds of all tickets are predicted to be about refunds; three of ten were before"
    case .inconsistent: "Asked twice, the classifier contradicts itself on one ticket of eight"
    case .costlierErrors:
      "The new classifier errs on 24 % of the tickets, the old one on 15 %, at the same cost an error"
    case .abilityLost: "Fine-tuning lifts the drafts by 12 points and costs 20 points of reasoning"
    case .hardRowLost: "Fine-tuning costs 13 points of refusal, a hard row"
    case .unreachableTarget: "Four of five errors are ambiguous documents and wrong labels: no model reaches the target"
    case .mixOnlyGain:
      "The new release gains 16 points on deliveries, 70 % of the suite and 25 % of the traffic, and loses 12 elsewhere"
    case .lenientJudge: "The judge passes nine of ten wrong answers"
    case .leakedItems: "Twelve items of the suite are in the training data"
    case .uncoveredTraffic: "A third of the traffic is about two topics that have no cases"
    case .rottenMix: "The cases have last year's mix: half of them are about what customers hardly ask any more"
    case .divergedTrend:
      "The score of the suite rises by 12 points in a quarter while customers' contentment falls by 0.8 of 5"
    case .overBudget: "Eleven of a hundred searches take longer than their two seconds; five may"
    case .claimTooLarge: "A change claims to save 700 ms of a stage that holds some 450"
    case .tunedElsewhere: "Somebody tunes the rewriting of questions while retrieval takes half of the time"
    case .unrecordedTime: "Before the answer, half a second passes that no span records"
    case .staleCacheKey: "Embeddings are cached without the version of the chunker"
    case .templateSwapped: "Three of ten calls are served with another template than the one that was tested"
    case .servedWorse: "The concierge is right on 92 % in evaluation and on 82 % of what customers ask"
    case .memorisedItems: "The model knows the suite's items: in other words it is right 12 points less often"
    case .knowsTests: "The model can tell tests from customers, and is right 8 points more often in tests"
    case .lostInProduction: "Receipts of every kind are read 12 points worse in production than offline"
    case .movedInputs: "Receipts in production are darker than offline, and more of them from hotels"
    case .movedLabels: "Half of the receipts in production are of the rarest class offline"
    case .skewedInputs: "Three of a hundred inputs are prepared for serving in another way than for training"
    case .coarseNumbers: "Quantisation costs 4 points"
    case .slowTail: "Four of a hundred requests take longer than the budget; one may"
    case .adaptedUsers: "Users of suggestions bring other topics than at launch; those without it bring the same"
    case .blindSuite: "The traffic has moved to topics of which 58 % pass, and the suite is weighed as at launch"
    case .newTopic: "15 % of the traffic is about a topic that did not exist at launch and has no items"
    case .ownersLeft: "The owner of three accounts of 24, an eighth of the spend, has left"
    case .ownerlessSpike: "An account without an owner, 1 % of the spend, costs 60 % more on one day"
    case .hiddenFailures: "Two statements of sixty are said to be sent, and were not"
    case .doubledEffect: "One statement of sixty was sent twice"
    case .stuffedPrompts: "Two fifths of the guide's prompts are chunks of the handbook that score below the floor"
    case .longPrompts: "Eleven of a hundred prompts of the guide are above their budget; five may be"
    case .lostSnapshots: "One answer of ten was made with an index of which no snapshot was kept"
    case .unsupportedClaims: "One of a hundred claims about contracts is entailed by nothing in the context"
    case .unrecordedAnswers: "The gateway served three answers more about contracts than were recorded"
    case .editedAnswer: "Somebody rewrote one recorded answer"
    case .shortMargin: "Four of a hundred Japanese letters are billed more than 15 % above the own count; one may be"
    case .driftedTokenizer: "The model that shall take over counts 8 % more tokens of Japanese"
    case .stampedPrompts: "The time of day stands before the instructions of every letter"
    case .cutAnswers: "Four of a hundred valid answers have more tokens than calls ask for now; one may have"
    case .spentBudget: "Two refunds of a week were not intended; the budget of failures allows for one"
    case .escalatedScope: "The agent of the refund desk read the payroll three times"
    case .unapprovedClosing: "The agent closed accounts, which cannot be taken back, and nobody approved it"
    case .weakChain: "Of a refund's two steps each fails in 18 of a hundred: two thirds come through, four of five must"
    case .undeclaredAgent: "An agent that nobody declared writes notes"
    case .lostParents: "One lookup of ten names a parent that nobody recorded"
    case .shiftedSignal: "Contentment falls by 1.0 of 5, whose standard deviation is 0.9, two days before the end"
    case .silentSignal: "Nobody says any more how content callers are, for two days"
    case .unmannedRunbook: "The runbook needs a role that nobody on call holds"
    case .hastyClosure: "An incident was closed without saying what its judge was"
    case .thinReplay: "An incident's replays are too few: 50 of each at 6 and 2 % of bad answers"
    case .leakedCanary: "One probe of some 340 was told what was planted in another tenant's data"
    case .crossedCache: "One answer was read from the cache under another tenant's key"
    case .missingFilter: "One retrieval looked among the documents of another tenant"
    case .lateAuthentication: "One request was authenticated after its session had been loaded"
    case .unknownCaller: "One request asked the model, and nobody had asked who it is for"
    case .darkSpend: "A seventeenth of the provider's bill is nobody's"
    case .overAttributed: "Calls are priced a twentieth above what the provider bills"
    case .noisyTenant:
      "While a tenant takes more than its quota, half of the others' calls are too slow; one in twenty is else"
    case .cheapTenant: "A tenant pays a cent a month"
    }
  }

  /// The check that must find it.
  public var check: String {
    switch self {
    case .luckyLooks, .worseRelease, .unstableHarness: "eval-power"
    case .rareSliceBelowFloor, .unlistedTraffic: "slice-coverage"
    case .failsTooOften: "stochastic-stability"
    case .costlyClassMissed, .overconfident, .labelDrift, .inconsistent, .costlierErrors: "classifier-risk"
    case .abilityLost, .hardRowLost: "capability-regression"
    case .unreachableTarget: "reliability-ceiling"
    case .mixOnlyGain, .lenientJudge, .leakedItems: "eval-validity"
    case .uncoveredTraffic, .rottenMix, .divergedTrend: "eval-rot"
    case .overBudget, .claimTooLarge, .tunedElsewhere, .unrecordedTime, .staleCacheKey: "pipeline-bottleneck"
    case .templateSwapped, .servedWorse, .memorisedItems, .knowsTests: "eval-prod-parity"
    case .lostInProduction, .movedInputs, .movedLabels, .skewedInputs, .coarseNumbers, .slowTail: "deployment-gap"
    case .adaptedUsers, .blindSuite, .newTopic: "eval-coevolution"
    case .ownersLeft, .ownerlessSpike: "cloud-ownership"
    case .hiddenFailures, .doubledEffect: "silent-failure"
    case .stuffedPrompts, .longPrompts: "context-waste"
    case .lostSnapshots, .unsupportedClaims, .unrecordedAnswers, .editedAnswer: "answer-provenance"
    case .shortMargin, .driftedTokenizer, .stampedPrompts, .cutAnswers: "token-arithmetic"
    case .spentBudget, .escalatedScope, .unapprovedClosing, .weakChain, .undeclaredAgent, .lostParents: "agent-trust"
    case .shiftedSignal, .silentSignal, .unmannedRunbook, .hastyClosure, .thinReplay: "incident-response"
    case .leakedCanary, .crossedCache, .missingFilter, .lateAuthentication, .unknownCaller, .darkSpend, .overAttributed,
      .noisyTenant,
      .cheapTenant:
      "tenant-isolation"
    }
  }

  /// Codes of reasons of which the check must give at least one; empty when what counts is that it never passes.
  public var codes: [String] {
    switch self {
    case .luckyLooks: []
    case .worseRelease: ["REGRESSED", "NO_WORTHWHILE_EFFECT"]
    case .unstableHarness: ["AA_BROKEN"]
    case .rareSliceBelowFloor: ["SLICE_BELOW_FLOOR"]
    case .unlistedTraffic: ["NEW_TRAFFIC"]
    case .failsTooOften: ["EXCEEDED"]
    case .costlyClassMissed: ["CLASS_RECALL"]
    case .overconfident: ["MISCALIBRATED"]
    case .labelDrift: ["LABEL_DRIFT"]
    case .inconsistent: ["INCONSISTENT"]
    case .costlierErrors: ["COST_UP"]
    case .abilityLost: ["REGRESSED"]
    case .hardRowLost: ["HARD_FLOOR"]
    case .unreachableTarget: ["TARGET_ABOVE_CEILING"]
    case .mixOnlyGain: ["MIX_ONLY_GAIN"]
    case .lenientJudge: ["JUDGE_NOT_ELIGIBLE"]
    case .leakedItems: ["LEAKED"]
    case .uncoveredTraffic: ["COVERAGE_ROTTEN"]
    case .rottenMix: ["MIX_ROTTEN"]
    case .divergedTrend: ["TREND_DIVERGED"]
    case .overBudget: ["OVER_BUDGET"]
    case .claimTooLarge: ["CLAIM_EXCEEDS_CAP"]
    case .tunedElsewhere: ["WRONG_STAGE"]
    case .unrecordedTime: ["UNATTRIBUTED"]
    case .staleCacheKey: ["CACHE_KEY_UNVERSIONED"]
    case .templateSwapped: ["CONFIG_MISMATCH"]
    case .servedWorse: ["GAP"]
    case .memorisedItems: ["CONTAMINATED"]
    case .knowsTests: ["TEST_AWARE"]
    case .lostInProduction: ["GAP_OVER_LIMIT"]
    case .movedInputs: ["COVARIATE_SHIFT"]
    case .movedLabels: ["PRIOR_SHIFT"]
    case .skewedInputs: ["PREPROCESSING_SKEW"]
    case .coarseNumbers: ["PRECISION_LOSS"]
    case .slowTail: ["LATENCY_OVER_BUDGET"]
    case .adaptedUsers: ["CO_EVOLVED"]
    case .blindSuite: ["EVAL_BLIND"]
    case .newTopic: ["NEW_CLUSTER"]
    case .ownersLeft: ["UNOWNED_SPEND"]
    case .ownerlessSpike: ["SPIKE_NO_OWNER"]
    case .hiddenFailures: ["PARTIAL"]
    case .doubledEffect: ["DUPLICATE"]
    case .stuffedPrompts: ["WASTE_OVER_LIMIT"]
    case .longPrompts: ["INPUT_OVER_BUDGET"]
    case .lostSnapshots: ["EXACT_LOW"]
    case .unsupportedClaims: ["COVERAGE_LOW"]
    case .unrecordedAnswers: ["RECORD_GAP"]
    case .editedAnswer: ["CHAIN_BROKEN"]
    case .shortMargin: ["MARGIN_SHORT"]
    case .driftedTokenizer: ["TOKENIZER_DRIFT"]
    case .stampedPrompts: ["PREFIX_BROKEN"]
    case .cutAnswers: ["MAX_TOKENS_SHORT"]
    case .spentBudget: ["BUDGET_SPENT"]
    case .escalatedScope: ["SCOPE_ESCALATION"]
    case .unapprovedClosing: ["UNAPPROVED_IRREVERSIBLE"]
    case .weakChain: ["CHAIN_BELOW_TARGET"]
    case .undeclaredAgent: ["NO_BUDGET"]
    case .lostParents: ["ORPHANS"]
    case .shiftedSignal: ["SIGNAL_SHIFTED"]
    case .silentSignal: ["SIGNAL_SILENT"]
    case .unmannedRunbook: ["RUNBOOK_NOT_EXECUTABLE"]
    case .hastyClosure: ["INCIDENT_INCOMPLETE"]
    case .thinReplay: ["COLLECT_MORE"]
    case .leakedCanary: ["LEAK"]
    case .crossedCache: ["CACHE_CROSS_TENANT"]
    case .missingFilter: ["FILTER_MISSING"]
    case .lateAuthentication: ["ORDER_VIOLATION"]
    case .unknownCaller: ["ORDER_MISSING"]
    case .darkSpend: ["DARK_SPEND"]
    case .overAttributed: ["OVER_ATTRIBUTED"]
    case .noisyTenant: ["NOISY_NEIGHBOUR"]
    case .cheapTenant: ["NEGATIVE_MARGIN"]
    }
  }

  /// The part of the company in which it happens.
  public var part: Part {
    switch self {
    case .luckyLooks, .worseRelease, .unstableHarness, .rareSliceBelowFloor, .unlistedTraffic, .mixOnlyGain,
      .lenientJudge, .leakedItems:
      .assistant
    case .failsTooOften: .promises
    case .costlyClassMissed, .overconfident, .labelDrift, .inconsistent, .costlierErrors: .triage
    case .abilityLost, .hardRowLost: .drafts
    case .unreachableTarget: .invoices
    case .uncoveredTraffic, .rottenMix, .divergedTrend: .helpcenter
    case .overBudget, .claimTooLarge, .tunedElsewhere, .unrecordedTime, .staleCacheKey: .search
    case .templateSwapped, .servedWorse, .memorisedItems, .knowsTests: .concierge
    case .lostInProduction, .movedInputs, .movedLabels, .skewedInputs, .coarseNumbers, .slowTail: .receipts
    case .adaptedUsers, .blindSuite, .newTopic: .suggestions
    case .ownersLeft, .ownerlessSpike: .cloud
    case .hiddenFailures, .doubledEffect: .statements
    case .stuffedPrompts, .longPrompts: .guide
    case .lostSnapshots, .unsupportedClaims, .unrecordedAnswers, .editedAnswer: .contracts
    case .shortMargin, .driftedTokenizer, .stampedPrompts, .cutAnswers: .letters
    case .spentBudget, .escalatedScope, .unapprovedClosing, .weakChain, .undeclaredAgent, .lostParents: .desk
    case .shiftedSignal, .silentSignal, .unmannedRunbook, .hastyClosure, .thinReplay: .hotline
    case .leakedCanary, .crossedCache, .missingFilter, .lateAuthentication, .unknownCaller, .darkSpend, .overAttributed,
      .noisyTenant,
      .cheapTenant:
      .workspace
    }
  }
}
