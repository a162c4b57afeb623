/// The literature behind a method, found by the method's name.
enum Citation: Int, CaseIterable, Comparable {
  case wilson, student, clopper, mcnemar, fisher, welch, holm, liang, nested, efron, benjamini, newcombe, tango, bell
  case fleiss, cameron, permutation, fagerland, miller, waudbySmith, storer, janssen, korn

  static func < (first: Citation, second: Citation) -> Bool { first.rawValue < second.rawValue }

  /// As it stands in the list of references.
  var reference: String {
    switch self {
    case .wilson: "Wilson (1927), J. Am. Stat. Assoc. 22:209–212"
    case .student: "Student (1908), Biometrika 6:1–25"
    case .mcnemar: "McNemar (1947), Psychometrika 12:153–157"
    case .fisher: "Fisher (1935), J. R. Stat. Soc. 98:39–82"
    case .welch: "Welch (1947), Biometrika 34:28–35"
    case .holm: "Holm (1979), Scand. J. Stat. 6:65–70"
    case .efron: "Efron and Tibshirani (1993), An Introduction to the Bootstrap"
    case .newcombe: "Newcombe (1998), Stat. Med. 17:873–890"
    case .tango: "Tango (1998), Stat. Med. 17:891–908"
    case .benjamini: "Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57:289–300"
    case .liang: "Liang and Zeger (1986), Biometrika 73:13–22"
    case .permutation: "Phipson and Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9:39"
    case .miller: "Miller (2024), Adding Error Bars to Evals, arXiv:2411.00640"
    case .waudbySmith: "Waudby-Smith et al. (2024), Ann. Stat. 52:2613–2640"
    case .fleiss: "Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions"
    case .clopper: "Clopper and Pearson (1934), Biometrika 26:404–413"
    case .bell: "Bell and McCaffrey (2002), Surv. Methodol. 28:169–181"
    case .cameron: "Cameron, Gelbach and Miller (2008), Rev. Econ. Stat. 90:414–427"
    case .fagerland: "Fagerland, Lydersen and Laake (2013), BMC Med. Res. Methodol. 13:91"
    case .storer: "Storer and Kim (1990), J. Am. Stat. Assoc. 85:146–155"
    case .janssen: "Janssen (1997), Stat. Probab. Lett. 36:9–21"
    case .korn: "Korn and Graubard (1998), Surv. Methodol. 24:193–201"
    case .nested: "Searle, Casella and McCulloch (1992), Variance Components"
    }
  }

  /// The works behind a method named as the engine names it ("Tango", "exact McNemar", "cluster-robust t").
  static func of(method name: String) -> [Citation] {
    let name = name.lowercased()
    if name == "t" { return [.student] }
    let keys: [(String, [Citation])] = [
      ("tango", [.tango]), ("mcnemar", [.mcnemar]), ("wilson", [.wilson]), ("newcombe", [.newcombe]),
      ("fisher", [.fisher]), ("welch", [.welch]), ("pooled z", [.fleiss]), ("pooled-z", [.fleiss]),
      ("sign-flip", [.permutation]), ("sign flip", [.permutation]), ("permutation", [.permutation]),
      ("storer", [.storer]),
      ("studentised", [.janssen]), ("effective sample", [.korn]), ("bootstrap", [.efron]),
      ("cluster-robust", [.liang, .miller]),
      ("paired t", [.student]), ("paired-t", [.student]),
      ("confidence sequence", [.waudbySmith]), ("anytime", [.waudbySmith]), ("e-value", [.waudbySmith]),
      ("clopper", [.clopper]), ("mid-p", [.fagerland]), ("cr2", [.bell]), ("mccaffrey", [.bell]), ("wild", [.cameron]),
      ("holm", [.holm]), ("benjamini", [.benjamini]),
    ]
    return keys.filter { name.contains($0.0) }.flatMap(\.1)
  }
}
