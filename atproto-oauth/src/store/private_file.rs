//! Files and folders for their owner only, that appear whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Makes `folder` and what is missing above it, for the owner only. Version control is told to leave
/// a new folder alone: it will hold sessions.
pub(super) fn create_folder(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    publish(&folder.join(".gitignore"), |file| write(file, b"*\n")).map(drop)
}

/// Makes the file `path` of what `fill` writes, unless it is there already; says whether it made it.
/// No reader sees it half written, and of several makers one wins.
pub(super) fn publish(path: &Path, fill: impl FnOnce(File) -> io::Result<()>) -> io::Result<bool> {
    let random = crate::jose::random_token().map_err(io::Error::other)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{random}.new"));
    let draft = path.with_file_name(name);

    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let published = options
        .open(&draft)
        .and_then(fill)
        .and_then(|()| link(&draft, path));
    let _ = fs::remove_file(&draft);
    if matches!(published, Ok(true)) {
        sync_folder_of(path)?;
    }
    published
}

/// Writes all of `bytes`, to the disk.
pub(super) fn write(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// Takes away what others may do with the file.
#[cfg(unix)]
pub(super) fn only_for_its_owner(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let mode = fs::metadata(path)?.permissions().mode();
    let of_others = mode & 0o077;
    if of_others == 0 {
        return Ok(());
    }
    tracing::warn!(path = %path.display(), "others could read this file; its mode is now 0600");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
pub(super) fn only_for_its_owner(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Gives the finished draft its name, unless the name is taken.
fn link(draft: &Path, path: &Path) -> io::Result<bool> {
    match fs::hard_link(draft, path) {
        Ok(()) => Ok(true),
        Err(_) if path.exists() => Ok(false),
        // Some file systems have no hard links; renaming is as atomic but lets the last maker win.
        Err(_) => fs::rename(draft, path).map(|()| true),
    }
}

/// A new name survives a power failure only when its folder is written too.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    match File::open(folder.unwrap_or(Path::new("."))) {
        Ok(folder) if cfg!(unix) => folder.sync_all(),
        _ => Ok(()),
    }
}
