/// Everything that is calibrated: the designs that `compare` chooses by default, with their worlds.
public enum Catalogue {
  public static var designs: [Design] {
    [
      PairedWorlds.binary(), PairedWorlds.repeated(), PairedWorlds.real(), ClusteredWorlds.binary(),
      ClusteredWorlds.repeated(), ClusteredWorlds.real(), UnpairedWorlds.binary(), UnpairedWorlds.repeated(),
      UnpairedWorlds.clustered(), UnpairedWorlds.real(), UnpairedWorlds.realClustered(), ArmWorlds.binary(),
      ArmWorlds.repeated(), ArmWorlds.clustered(), ArmWorlds.real(), AnytimeWorlds.binary(), AnytimeWorlds.others(),
    ]
  }
}
