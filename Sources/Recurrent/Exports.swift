@_exported public import RecurrentData
@_exported public import RecurrentModels
@_exported public import RecurrentNN
@_exported public import RecurrentReports
@_exported public import RecurrentTensor
@_exported public import RecurrentTraining
