# The set-up for Windows, called by keepsake.cmd: prints the program's path, after building it where that is needed.
# It keeps to the rules of ./keepsake: a folder of its own for each build, a one-line file that names the current one.
$ErrorActionPreference = 'Stop'
$home_ = $PSScriptRoot
$apps = Join-Path $home_ 'artifacts\app'
$current = Join-Path $apps 'current'
$program = 'Keepsake.Server'

function Say($text) { [Console]::Error.WriteLine("keepsake: $text") }

function Get-Fresh {
    if (-not (Test-Path $current)) { return $null }
    $app = Join-Path $apps (Get-Content $current -TotalCount 1)
    $exe = Join-Path $app "$program.exe"
    $stamp = Join-Path $app '.stamp'
    if (-not ((Test-Path $exe) -and (Test-Path $stamp))) { return $null }
    $built = (Get-Item $stamp).LastWriteTimeUtc
    $sources = @('Directory.Build.props', 'Directory.Packages.props', 'global.json', 'keepsake.ps1') | ForEach-Object { Get-Item (Join-Path $home_ $_) }
    $newer = @(Get-ChildItem (Join-Path $home_ 'src') -Recurse) + $sources | Where-Object { $_.LastWriteTimeUtc -gt $built } | Select-Object -First 1
    if ($newer) { return $null }
    return $exe
}

$exe = Get-Fresh
if (-not $exe) {
    $sdks = try { & dotnet --list-sdks 2>$null } catch { @() }
    if (-not ($sdks | Where-Object { $_ -like '10.*' })) {
        Say 'install the .NET 10 SDK and run this command again: winget install Microsoft.DotNet.SDK.10'
        exit 5
    }

    New-Item -ItemType Directory -Force $apps | Out-Null
    $lock = $null
    while (-not $lock) {
        try { $lock = [IO.File]::Open((Join-Path $apps '.lock'), 'OpenOrCreate', 'ReadWrite', 'None') }
        catch [IO.IOException] { Start-Sleep -Milliseconds 500 }
    }
    try {
        $exe = Get-Fresh
        if (-not $exe) {
            $new = 'v-' + (Get-Date -Format 'yyyyMMddHHmmss') + "-$PID"
            $folder = Join-Path $apps $new
            $log = Join-Path $apps 'set-up.log'
            New-Item -ItemType Directory $folder | Out-Null
            New-Item -ItemType File (Join-Path $folder '.stamp') | Out-Null
            $env:MSBUILDDISABLENODEREUSE = '1'
            $env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
            $rid = if ($env:PROCESSOR_ARCHITECTURE -eq 'ARM64') { 'win-arm64' } else { 'win-x64' }
            Say 'setting up; this takes a minute or two and needs the network for packages'
            & dotnet publish (Join-Path $home_ "src\$program") -c Release -o $folder --artifacts-path (Join-Path $apps 'build') --nologo `
                -r $rid --self-contained false -p:PublishReadyToRun=true -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false `
                -p:TreatWarningsAsErrors=false --disable-build-servers *> $log
            if ($LASTEXITCODE -ne 0) {
                Select-String -Path $log -Pattern 'error' | Select-Object -First 10 | ForEach-Object { Say $_.Line.Trim() }
                Say "the set-up failed; all of its output is in $log"
                Remove-Item -Recurse -Force $folder
                exit 1
            }
            Set-Content -Path "$current.new" -Value $new
            Move-Item -Force "$current.new" $current
            # A program that runs keeps its files: Windows refuses to remove its executable, and then the rest stays too.
            Get-ChildItem $apps -Directory -Filter 'v-*' | Where-Object { $_.Name -ne $new } | ForEach-Object {
                try {
                    Remove-Item (Join-Path $_.FullName "$program.exe") -ErrorAction Stop
                    Remove-Item -Recurse -Force $_.FullName
                }
                catch { }
            }
            $exe = Join-Path $folder "$program.exe"
            Say 'ready'
        }
    }
    finally { $lock.Dispose() }
}
Write-Output $exe
