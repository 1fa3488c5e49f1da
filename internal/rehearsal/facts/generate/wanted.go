package main

// wanted is every Lync and Exchange cmdlet that a script calls or the procedure names. Of Windows, every cmdlet of the
// reference is kept: the check then names the PowerShell version that a newer cmdlet came with.
var wanted = []string{
	// Lync: the topology and its trusted applications (P3, P4, P5)
	"Enable-CsTopology", "Export-CsConfiguration", "Get-CsComputer", "Get-CsPool", "Get-CsServerVersion",
	"Get-CsSite", "Get-CsTopology", "Get-CsTrustedApplication", "Get-CsTrustedApplicationComputer",
	"Get-CsTrustedApplicationEndpoint", "Get-CsTrustedApplicationPool", "Import-CsConfiguration",
	"New-CsTrustedApplication", "New-CsTrustedApplicationComputer", "New-CsTrustedApplicationPool",
	"Remove-CsTrustedApplication", "Remove-CsTrustedApplicationComputer", "Remove-CsTrustedApplicationPool",

	// Lync: replication, rights, certificates, users (P5, P12, P14)
	"Get-CsManagementStoreReplicationStatus", "Get-CsUser", "Search-CsClsLogging", "Test-CsSetupPermission",

	// Exchange: OWA virtual directories and mailbox policies (P7, P11, P13)
	"Get-OwaMailboxPolicy", "Get-OwaVirtualDirectory", "Set-OwaMailboxPolicy", "Set-OwaVirtualDirectory",
	"Test-OwaConnectivity",

	// Exchange: unified messaging (P2, P6)
	"Get-UMCallRouterSettings", "Get-UMDialPlan", "Get-UMService", "Set-UMCallRouterSettings", "Set-UMServer",
	"Set-UMService",

	// Exchange: servers, certificates, health, users (P8, P9, P12, P14)
	"Enable-ExchangeCertificate", "Get-CASMailbox", "Get-ClientAccessService", "Get-ExchangeCertificate",
	"Get-ExchangeServer", "Get-Mailbox", "Get-MailboxDatabase", "Get-ServerHealth", "Import-ExchangeCertificate",
	"New-ExchangeCertificate", "Set-CASMailbox",

	// Exchange 2016 and later: setting overrides in place of web.config
	"Get-ExchangeDiagnosticInfo", "Get-SettingOverride", "New-SettingOverride", "Remove-SettingOverride",
	"Set-SettingOverride",
}
