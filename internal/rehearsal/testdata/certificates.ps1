# What New- and Import-ExchangeCertificate do (their pages), with real keys and requests. A request that waits is an entry of
# the server's certificates without names; its thumbprint is the sum of its public key.

function Get-KeySum {
    param([byte[]]$Key)
    $sha = [Security.Cryptography.SHA1]::Create()
    try { [BitConverter]::ToString($sha.ComputeHash($Key)).Replace('-', '') } finally { $sha.Dispose() }
}

$script:Behaviour['New-ExchangeCertificate'] = {
    param($Bound, $Cmdlet)
    if (-not $Bound['GenerateRequest'] -or -not $Bound['Server']) { Stop-Cmdlet $Cmdlet 'this would make a self-signed certificate, or one for the server of the session' }
    if ($Bound['PrivateKeyExportable']) { Stop-Cmdlet $Cmdlet 'the key could leave the server' }
    $server = @(Select-Server $Cmdlet $Bound['Server'])[0]
    $key = [Security.Cryptography.RSA]::Create([int]$Bound['KeySize'])
    $subject = [Security.Cryptography.X509Certificates.X500DistinguishedName][string]$Bound['SubjectName']
    $request = New-Object Security.Cryptography.X509Certificates.CertificateRequest $subject, $key, ([Security.Cryptography.HashAlgorithmName]::SHA256), ([Security.Cryptography.RSASignaturePadding]::Pkcs1)
    $names = New-Object Security.Cryptography.X509Certificates.SubjectAlternativeNameBuilder
    foreach ($name in $Bound['DomainName']) { $names.AddDnsName([string]$name) }
    $request.CertificateExtensions.Add($names.Build())
    $server.certificates = @($server.certificates) + (New-Object PSObject -Property @{
            thumbprint = Get-KeySum $request.PublicKey.EncodedKeyValue.RawData; subject = $subject.Name; names = @(); hasPrivateKey = $true
            notBefore = 0; notAfter = 365 * 86400; selfSigned = $true; rootUnknown = $false; listUnreachable = $false; status = ''; root = '' })
    $text = [Convert]::ToBase64String($request.CreateSigningRequest(), 'InsertLineBreaks')
    "-----BEGIN NEW CERTIFICATE REQUEST-----`r`n$text`r`n-----END NEW CERTIFICATE REQUEST-----`r`n"
}

$script:Behaviour['Import-ExchangeCertificate'] = {
    param($Bound, $Cmdlet)
    if ($Bound['FileData'] -isnot [byte[]]) { Stop-Cmdlet $Cmdlet 'FileData is no array of bytes' }
    $server = @(Select-Server $Cmdlet $Bound['Server'])[0]
    $file = New-Object Security.Cryptography.X509Certificates.X509Certificate2 (, $Bound['FileData'])
    $waiting = Find-Object $server.certificates 'thumbprint' (Get-KeySum $file.GetPublicKey())
    if ($null -eq $waiting) { Stop-Cmdlet $Cmdlet "no request waits on $($server.name) for this certificate" }
    $text = @($file.Extensions | Where-Object { $_.Oid.Value -eq '2.5.29.17' } | ForEach-Object { $_.Format($false) }) -join ', '
    $waiting.names = @([regex]::Matches($text, '(?:DNS:|DNS Name=)([^,\s]+)') | ForEach-Object { $_.Groups[1].Value })
    $waiting.thumbprint, $waiting.subject, $waiting.notBefore, $waiting.selfSigned = $file.Thumbprint, $file.Subject, -86400, $false
    & $script:Behaviour['Get-ExchangeCertificate'] @{ Server = $server.name; Thumbprint = $file.Thumbprint } $Cmdlet
}
