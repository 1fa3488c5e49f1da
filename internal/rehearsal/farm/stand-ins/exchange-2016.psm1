# Generated from the cmdlet facts by `make stand-ins`; do not edit.
# The exchange cmdlets of version 2016 that the farm models.

function Get-CASMailbox {
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [switch]$ActiveSyncDebugLogging,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [switch]$ActiveSyncSuppressReadReceipt,
        [Parameter(ParameterSetName = 'AnrSet')]
        [string]$Anr,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [object]$Credential,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [string]$DomainController,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [string]$Filter,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Identity,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [switch]$IgnoreDefaultScope,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [switch]$Monitoring,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [object]$OrganizationalUnit,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [switch]$ProtocolSettings,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [switch]$ReadFromDomainController,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [switch]$ReadIsOptimizedForAccessibility,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [switch]$RecalculateHasActiveSyncDevicePartnership,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [object]$ResultSize,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [string]$SortBy
    )
    process { Invoke-Behaviour 'Get-CASMailbox' $PSBoundParameters $PSCmdlet }
}

function Get-ExchangeCertificate {
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Thumbprint')]
    param(
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'Instance')]
        [Parameter(ParameterSetName = 'Thumbprint')]
        [string]$DomainController,
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'Instance')]
        [Parameter(ParameterSetName = 'Thumbprint')]
        [object]$DomainName,
        [Parameter(ParameterSetName = 'Identity')]
        [object]$Identity,
        [Parameter(ParameterSetName = 'Instance', ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Instance,
        [Parameter(ParameterSetName = 'Instance')]
        [Parameter(ParameterSetName = 'Thumbprint')]
        [object]$Server,
        [Parameter(ParameterSetName = 'Thumbprint', ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [string]$Thumbprint
    )
    process { Invoke-Behaviour 'Get-ExchangeCertificate' $PSBoundParameters $PSCmdlet }
}

function Get-ExchangeDiagnosticInfo {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [string]$Argument,
        [string]$Component,
        [string]$Process,
        [object]$Server,
        [switch]$Unlimited
    )
    process { Invoke-Behaviour 'Get-ExchangeDiagnosticInfo' $PSBoundParameters $PSCmdlet }
}

function Get-ExchangeServer {
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'Domain', Mandatory = $true)]
        [string]$Domain,
        [Parameter(ParameterSetName = 'Domain')]
        [Parameter(ParameterSetName = 'Identity')]
        [string]$DomainController,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Identity,
        [Parameter(ParameterSetName = 'Domain')]
        [Parameter(ParameterSetName = 'Identity')]
        [switch]$Status
    )
    process { Invoke-Behaviour 'Get-ExchangeServer' $PSBoundParameters $PSCmdlet }
}

function Get-Mailbox {
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'AnrSet')]
        [string]$Anr,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [switch]$Arbitration,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'MailboxPlanSet')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [switch]$Archive,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [switch]$AuditLog,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [switch]$AuxAuditLog,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [object]$Credential,
        [Parameter(ParameterSetName = 'DatabaseSet', ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Database,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [string]$DomainController,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'MailboxPlanSet')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [string]$Filter,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'MailboxPlanSet')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [switch]$GroupMailbox,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Identity,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [switch]$IgnoreDefaultScope,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'MailboxPlanSet')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [switch]$Migration,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [switch]$Monitoring,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'MailboxPlanSet')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [object]$OrganizationalUnit,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'MailboxPlanSet')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [switch]$PublicFolder,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [switch]$ReadFromDomainController,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'MailboxPlanSet')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [object]$RecipientTypeDetails,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [switch]$RemoteArchive,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'MailboxPlanSet')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [object]$ResultSize,
        [Parameter(ParameterSetName = 'ServerSet', ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Server,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'MailboxPlanSet')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [string]$SortBy,
        [Parameter(ParameterSetName = 'AnrSet')]
        [Parameter(ParameterSetName = 'DatabaseSet')]
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'ServerSet')]
        [switch]$SupervisoryReviewPolicy
    )
    process { Invoke-Behaviour 'Get-Mailbox' $PSBoundParameters $PSCmdlet }
}

function Get-MailboxDatabase {
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'Server')]
        [string]$DomainController,
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'Server')]
        [switch]$DumpsterStatistics,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Identity,
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'Server')]
        [switch]$IncludeCorrupted,
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'Server')]
        [switch]$IncludePreExchange2013,
        [Parameter(ParameterSetName = 'Server', Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Server,
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'Server')]
        [switch]$Status
    )
    process { Invoke-Behaviour 'Get-MailboxDatabase' $PSBoundParameters $PSCmdlet }
}

function Get-OwaMailboxPolicy {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [string]$DomainController,
        [Parameter(ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Identity
    )
    process { Invoke-Behaviour 'Get-OwaMailboxPolicy' $PSBoundParameters $PSCmdlet }
}

function Get-OwaVirtualDirectory {
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'Server')]
        [switch]$ADPropertiesOnly,
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'Server')]
        [string]$DomainController,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Identity,
        [Parameter(ParameterSetName = 'Server', Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Server,
        [Parameter(ParameterSetName = 'Identity')]
        [Parameter(ParameterSetName = 'Server')]
        [switch]$ShowMailboxVirtualDirectories
    )
    process { Invoke-Behaviour 'Get-OwaVirtualDirectory' $PSBoundParameters $PSCmdlet }
}

function Get-ServerHealth {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [switch]$HaImpactingOnly,
        [string]$HealthSet,
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Identity
    )
    process { Invoke-Behaviour 'Get-ServerHealth' $PSBoundParameters $PSCmdlet }
}

function Get-SettingOverride {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [string]$DomainController,
        [Parameter(ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Identity
    )
    process { Invoke-Behaviour 'Get-SettingOverride' $PSBoundParameters $PSCmdlet }
}

function Get-UMCallRouterSettings {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [string]$DomainController,
        [Parameter(ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Server
    )
    process { Invoke-Behaviour 'Get-UMCallRouterSettings' $PSBoundParameters $PSCmdlet }
}

function Get-UMDialPlan {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [string]$DomainController,
        [Parameter(ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Identity
    )
    process { Invoke-Behaviour 'Get-UMDialPlan' $PSBoundParameters $PSCmdlet }
}

function Get-UMService {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [string]$DomainController,
        [Parameter(ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Identity
    )
    process { Invoke-Behaviour 'Get-UMService' $PSBoundParameters $PSCmdlet }
}

function New-SettingOverride {
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)]
        [string]$Component,
        [string]$DomainController,
        [switch]$Force,
        [object]$MaxVersion,
        [object]$MinVersion,
        [Parameter(Mandatory = $true)]
        [string]$Name,
        [Parameter(Mandatory = $true)]
        [object]$Parameters,
        [Parameter(Mandatory = $true)]
        [string]$Reason,
        [Parameter(Mandatory = $true)]
        [string]$Section,
        [object]$Server
    )
    process { Invoke-Behaviour 'New-SettingOverride' $PSBoundParameters $PSCmdlet }
}

function Remove-SettingOverride {
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    param(
        [string]$DomainController,
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Identity
    )
    process { Invoke-Behaviour 'Remove-SettingOverride' $PSBoundParameters $PSCmdlet }
}

function Set-CASMailbox {
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    param(
        [object]$ActiveSyncAllowedDeviceIDs,
        [object]$ActiveSyncBlockedDeviceIDs,
        [bool]$ActiveSyncDebugLogging,
        [bool]$ActiveSyncEnabled,
        [object]$ActiveSyncMailboxPolicy,
        [bool]$ActiveSyncSuppressReadReceipt,
        [string]$DisplayName,
        [string]$DomainController,
        [bool]$ECPEnabled,
        [object]$EmailAddresses,
        [bool]$EwsAllowEntourage,
        [object]$EwsAllowList,
        [bool]$EwsAllowMacOutlook,
        [bool]$EwsAllowOutlook,
        [object]$EwsApplicationAccessPolicy,
        [object]$EwsBlockList,
        [bool]$EwsEnabled,
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Identity,
        [switch]$IgnoreDefaultScope,
        [bool]$ImapEnableExactRFC822Size,
        [bool]$ImapEnabled,
        [bool]$ImapForceICalForCalendarRetrievalOption,
        [object]$ImapMessagesRetrievalMimeFormat,
        [bool]$ImapSuppressReadReceipt,
        [bool]$ImapUseProtocolDefaults,
        [bool]$IsOptimizedForAccessibility,
        [bool]$MAPIBlockOutlookExternalConnectivity,
        [bool]$MAPIBlockOutlookNonCachedMode,
        [bool]$MAPIBlockOutlookRpcHttp,
        [string]$MAPIBlockOutlookVersions,
        [bool]$MAPIEnabled,
        [bool]$MapiHttpEnabled,
        [string]$Name,
        [bool]$OWAEnabled,
        [bool]$OWAforDevicesEnabled,
        [object]$OwaMailboxPolicy,
        [bool]$PopEnableExactRFC822Size,
        [bool]$PopEnabled,
        [bool]$PopForceICalForCalendarRetrievalOption,
        [object]$PopMessagesRetrievalMimeFormat,
        [bool]$PopSuppressReadReceipt,
        [bool]$PopUseProtocolDefaults,
        [object]$PrimarySmtpAddress,
        [bool]$PublicFolderClientAccess,
        [switch]$ResetAutoBlockedDevices,
        [string]$SamAccountName,
        [bool]$ShowGalAsDefaultView
    )
    process { Invoke-Behaviour 'Set-CASMailbox' $PSBoundParameters $PSCmdlet }
}

function Set-OwaMailboxPolicy {
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    param(
        [object]$ActionForUnknownFileAndMIMETypes,
        [bool]$ActiveSyncIntegrationEnabled,
        [bool]$AllAddressListsEnabled,
        [bool]$AllowCopyContactsToDeviceAddressBook,
        [object]$AllowOfflineOn,
        [object]$AllowedFileTypes,
        [object]$AllowedMimeTypes,
        [object]$BlockedFileTypes,
        [object]$BlockedMimeTypes,
        [bool]$BoxAttachmentsEnabled,
        [bool]$CalendarEnabled,
        [bool]$ChangePasswordEnabled,
        [bool]$ClassicAttachmentsEnabled,
        [bool]$ContactsEnabled,
        [int]$DefaultClientLanguage,
        [string]$DefaultTheme,
        [bool]$DelegateAccessEnabled,
        [bool]$DirectFileAccessOnPrivateComputersEnabled,
        [bool]$DirectFileAccessOnPublicComputersEnabled,
        [bool]$DisplayPhotosEnabled,
        [string]$DomainController,
        [bool]$DropboxAttachmentsEnabled,
        [bool]$ExplicitLogonEnabled,
        [string]$ExternalSPMySiteHostURL,
        [bool]$ForceSaveAttachmentFilteringEnabled,
        [object]$ForceSaveFileTypes,
        [object]$ForceSaveMimeTypes,
        [bool]$ForceWacViewingFirstOnPrivateComputers,
        [bool]$ForceWacViewingFirstOnPublicComputers,
        [bool]$FreCardsEnabled,
        [bool]$GlobalAddressListEnabled,
        [bool]$GoogleDriveAttachmentsEnabled,
        [bool]$GroupCreationEnabled,
        [bool]$IRMEnabled,
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Identity,
        [bool]$InstantMessagingEnabled,
        [ValidateSet('None', 'Ocs')]
        [string]$InstantMessagingType,
        [string]$InternalSPMySiteHostURL,
        [switch]$IsDefault,
        [bool]$JournalEnabled,
        [bool]$JunkEmailEnabled,
        [int]$LogonAndErrorLanguage,
        [string]$Name,
        [bool]$NotesEnabled,
        [bool]$OWALightEnabled,
        [bool]$OnSendAddinsEnabled,
        [bool]$OneDriveAttachmentsEnabled,
        [bool]$OrganizationEnabled,
        [object]$OutboundCharset,
        [bool]$PhoneticSupportEnabled,
        [bool]$PremiumClientEnabled,
        [bool]$PublicFoldersEnabled,
        [bool]$RecoverDeletedItemsEnabled,
        [bool]$ReferenceAttachmentsEnabled,
        [bool]$RemindersAndNotificationsEnabled,
        [bool]$ReportJunkEmailEnabled,
        [bool]$RulesEnabled,
        [bool]$SMimeEnabled,
        [bool]$SatisfactionEnabled,
        [bool]$SaveAttachmentsToCloudEnabled,
        [bool]$SearchFoldersEnabled,
        [bool]$SetPhotoEnabled,
        [string]$SetPhotoURL,
        [bool]$SignaturesEnabled,
        [bool]$SilverlightEnabled,
        [bool]$SkipCreateUnifiedGroupCustomSharepointClassification,
        [bool]$SpellCheckerEnabled,
        [bool]$TasksEnabled,
        [bool]$TextMessagingEnabled,
        [bool]$ThemeSelectionEnabled,
        [bool]$ThirdPartyAttachmentsEnabled,
        [bool]$UMIntegrationEnabled,
        [bool]$UNCAccessOnPrivateComputersEnabled,
        [bool]$UNCAccessOnPublicComputersEnabled,
        [bool]$UseGB18030,
        [bool]$UseISO885915,
        [bool]$UserVoiceEnabled,
        [bool]$WSSAccessOnPrivateComputersEnabled,
        [bool]$WSSAccessOnPublicComputersEnabled,
        [bool]$WacEditingEnabled,
        [bool]$WacExternalServicesEnabled,
        [bool]$WacOMEXEnabled,
        [bool]$WacViewingOnPrivateComputersEnabled,
        [bool]$WacViewingOnPublicComputersEnabled,
        [object]$WebPartsFrameOptionsType
    )
    process { Invoke-Behaviour 'Set-OwaMailboxPolicy' $PSBoundParameters $PSCmdlet }
}

function Set-OwaVirtualDirectory {
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    param(
        [object]$ActionForUnknownFileAndMIMETypes,
        [bool]$ActiveSyncIntegrationEnabled,
        [bool]$AdfsAuthentication,
        [bool]$AllAddressListsEnabled,
        [bool]$AllowCopyContactsToDeviceAddressBook,
        [object]$AllowOfflineOn,
        [object]$AllowedFileTypes,
        [object]$AllowedMimeTypes,
        [bool]$AnonymousFeaturesEnabled,
        [bool]$BasicAuthentication,
        [object]$BlockedFileTypes,
        [object]$BlockedMimeTypes,
        [bool]$BoxAttachmentsEnabled,
        [bool]$CalendarEnabled,
        [bool]$ChangePasswordEnabled,
        [bool]$ClassicAttachmentsEnabled,
        [object]$ClientAuthCleanupLevel,
        [bool]$ContactsEnabled,
        [int]$DefaultClientLanguage,
        [string]$DefaultDomain,
        [string]$DefaultTheme,
        [bool]$DelegateAccessEnabled,
        [bool]$DigestAuthentication,
        [bool]$DirectFileAccessOnPrivateComputersEnabled,
        [bool]$DirectFileAccessOnPublicComputersEnabled,
        [bool]$DisplayPhotosEnabled,
        [string]$DomainController,
        [bool]$DropboxAttachmentsEnabled,
        [uri]$Exchange2003Url,
        [object]$ExchwebProxyDestination,
        [bool]$ExplicitLogonEnabled,
        [object]$ExtendedProtectionFlags,
        [object]$ExtendedProtectionSPNList,
        [object]$ExtendedProtectionTokenChecking,
        [object]$ExternalAuthenticationMethods,
        [string]$ExternalDownloadHostName,
        [string]$ExternalSPMySiteHostURL,
        [uri]$ExternalUrl,
        [uri]$FailbackUrl,
        [object]$FilterWebBeaconsAndHtmlForms,
        [bool]$ForceSaveAttachmentFilteringEnabled,
        [object]$ForceSaveFileTypes,
        [object]$ForceSaveMimeTypes,
        [bool]$ForceWacViewingFirstOnPrivateComputers,
        [bool]$ForceWacViewingFirstOnPublicComputers,
        [bool]$FormsAuthentication,
        [bool]$FreCardsEnabled,
        [bool]$GlobalAddressListEnabled,
        [bool]$GoogleDriveAttachmentsEnabled,
        [object]$GzipLevel,
        [bool]$IRMEnabled,
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Identity,
        [string]$InstantMessagingCertificateThumbprint,
        [bool]$InstantMessagingEnabled,
        [string]$InstantMessagingServerName,
        [ValidateSet('None', 'Ocs')]
        [string]$InstantMessagingType,
        [bool]$IntegratedFeaturesEnabled,
        [string]$InternalDownloadHostName,
        [string]$InternalSPMySiteHostURL,
        [uri]$InternalUrl,
        [bool]$IsPublic,
        [bool]$JournalEnabled,
        [bool]$JunkEmailEnabled,
        [int]$LogonAndErrorLanguage,
        [object]$LogonFormat,
        [bool]$LogonPageLightSelectionEnabled,
        [bool]$LogonPagePublicPrivateSelectionEnabled,
        [bool]$NotesEnabled,
        [int]$NotificationInterval,
        [bool]$OAuthAuthentication,
        [bool]$OWALightEnabled,
        [bool]$OneDriveAttachmentsEnabled,
        [bool]$OrganizationEnabled,
        [object]$OutboundCharset,
        [bool]$PremiumClientEnabled,
        [bool]$PublicFoldersEnabled,
        [bool]$RecoverDeletedItemsEnabled,
        [bool]$RedirectToOptimalOWAServer,
        [bool]$ReferenceAttachmentsEnabled,
        [bool]$RemindersAndNotificationsEnabled,
        [object]$RemoteDocumentsActionForUnknownServers,
        [object]$RemoteDocumentsAllowedServers,
        [object]$RemoteDocumentsBlockedServers,
        [object]$RemoteDocumentsInternalDomainSuffixList,
        [bool]$ReportJunkEmailEnabled,
        [bool]$RulesEnabled,
        [bool]$SMimeEnabled,
        [bool]$SaveAttachmentsToCloudEnabled,
        [bool]$SearchFoldersEnabled,
        [bool]$SetPhotoEnabled,
        [string]$SetPhotoURL,
        [bool]$SignaturesEnabled,
        [bool]$SilverlightEnabled,
        [bool]$SpellCheckerEnabled,
        [bool]$TasksEnabled,
        [bool]$TextMessagingEnabled,
        [bool]$ThemeSelectionEnabled,
        [bool]$UMIntegrationEnabled,
        [bool]$UNCAccessOnPrivateComputersEnabled,
        [bool]$UNCAccessOnPublicComputersEnabled,
        [bool]$UseGB18030,
        [bool]$UseISO885915,
        [int]$UserContextTimeout,
        [object]$VirtualDirectoryType,
        [bool]$WSSAccessOnPrivateComputersEnabled,
        [bool]$WSSAccessOnPublicComputersEnabled,
        [bool]$WacEditingEnabled,
        [bool]$WacViewingOnPrivateComputersEnabled,
        [bool]$WacViewingOnPublicComputersEnabled,
        [object]$WebPartsFrameOptionsType,
        [bool]$WindowsAuthentication
    )
    process { Invoke-Behaviour 'Set-OwaVirtualDirectory' $PSBoundParameters $PSCmdlet }
}

function Set-SettingOverride {
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    param(
        [string]$DomainController,
        [switch]$Force,
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Identity,
        [object]$MaxVersion,
        [object]$MinVersion,
        [object]$Parameters,
        [string]$Reason,
        [object]$Server
    )
    process { Invoke-Behaviour 'Set-SettingOverride' $PSBoundParameters $PSCmdlet }
}

function Set-UMCallRouterSettings {
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    param(
        [object]$DialPlans,
        [string]$DomainController,
        [object]$IPAddressFamily,
        [bool]$IPAddressFamilyConfigurable,
        [int]$MaxCallsAllowed,
        [Parameter(ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Server,
        [int]$SipTcpListeningPort,
        [int]$SipTlsListeningPort,
        [object]$UMStartupMode
    )
    process { Invoke-Behaviour 'Set-UMCallRouterSettings' $PSBoundParameters $PSCmdlet }
}

function Set-UMService {
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    param(
        [object]$DialPlans,
        [string]$DomainController,
        [object]$GrammarGenerationSchedule,
        [object]$IPAddressFamily,
        [bool]$IPAddressFamilyConfigurable,
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [object]$Identity,
        [bool]$IrmLogEnabled,
        [object]$IrmLogMaxAge,
        [object]$IrmLogMaxDirectorySize,
        [object]$IrmLogMaxFileSize,
        [object]$IrmLogPath,
        [int]$MaxCallsAllowed,
        [object]$SIPAccessService,
        [object]$Status,
        [object]$UMStartupMode
    )
    process { Invoke-Behaviour 'Set-UMService' $PSBoundParameters $PSCmdlet }
}
