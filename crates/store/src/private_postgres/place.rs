//! Where the cluster lives, whose it is, and who may use it now.
//!
//! ```text
//! DIR/postgres.lock        held by the program that uses DIR
//! DIR/postgres/            the cluster, when the server's user can pass through every directory on the way ...
//! DIR/postgres.location    ... else the path of a directory in /var/lib/trefpunt with the same content:
//!     lock  log  socket/  data/          data.new-<pid>/ while initdb works
//! ```
//!
//! Only root meets the second form: the server then runs as `postgres` (or `nobody`) and cannot pass through a directory
//! of mode 0700 such as /root or one from `mktemp -d`. The mode bits of each directory on the way decide; access
//! control lists are not looked at. The lock in `cluster/` covers a DIR that was copied with its pointer.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown},
    path::{Path, PathBuf},
};

use super::{
    child::Owner,
    error::{At, PrivatePostgresError},
};

/// Clusters of data directories that the server's user cannot reach.
const OUTSIDE: &str = "/var/lib/trefpunt";
/// Bytes in a unix socket's address before the final zero (unix(7)).
const SOCKET_PATH_BYTES: usize = 107;
const SOCKET_NAME: &str = "/.s.PGSQL.5432";
/// Others may pass through, not list.
const PASS: u32 = 0o711;
const PRIVATE: u32 = 0o700;

/// The directories of one cluster, locked for this program.
#[derive(Debug)]
pub(super) struct Place {
    data_dir: PathBuf,
    home: PathBuf,
    owner: Owner,
    socket_dir: PathBuf,
    _locks: Vec<File>,
}

impl Place {
    /// Finds or makes the place for `data_dir` and locks it.
    pub(super) fn open(data_dir: &Path) -> Result<Self, PrivatePostgresError> {
        DirBuilder::new()
            .recursive(true)
            .mode(PASS)
            .create(data_dir)
            .at(data_dir)?;
        let data_dir = data_dir.canonicalize().at(data_dir)?;
        let mut locks = vec![lock(&data_dir.join("postgres.lock"), &data_dir)?];
        let home = find_home(&data_dir)?;
        if home.parent() != Some(&data_dir) {
            locks.push(lock(&home.join("lock"), &data_dir)?);
        }
        let owner = owner_of(&home.join("data"))?;
        if let Owner::Other { uid, gid } = owner {
            passable(&home, uid, gid)?;
        }
        let socket_dir = socket_dir(&home, owner)?;
        Ok(Self {
            data_dir,
            home,
            owner,
            socket_dir,
            _locks: locks,
        })
    }

    pub(super) fn home(&self) -> &Path {
        &self.home
    }

    pub(super) fn owner(&self) -> Owner {
        self.owner
    }

    pub(super) fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.home.join("log")
    }

    pub(super) fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// Makes an empty directory in the place that only the server's user may enter.
    pub(super) fn make_private_dir(&self, name: &str) -> Result<PathBuf, PrivatePostgresError> {
        let dir = self.home.join(name);
        make_private_dir(&dir, self.owner).at(&dir)?;
        Ok(dir)
    }

    /// Tidies up after the server stopped: a socket directory in /tmp is of no use to anyone then.
    pub(super) fn close(&self) {
        if !self.socket_dir.starts_with(&self.home) {
            let _ = fs::remove_dir(&self.socket_dir);
        }
    }

    /// Deletes the cluster and every trace of it in the data directory.
    pub(super) fn remove(self) -> Result<(), PrivatePostgresError> {
        fs::remove_dir_all(&self.home).at(&self.home)?;
        for name in ["postgres.location", "postgres.lock"] {
            let file = self.data_dir.join(name);
            match fs::remove_file(&file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).at(&file),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The cluster's place, when there is one.
pub(super) fn existing_home(data_dir: &Path) -> Option<PathBuf> {
    match fs::read_to_string(data_dir.join("postgres.location")) {
        Ok(text) => {
            Some(PathBuf::from(text.trim_end())).filter(|home| home.parent() == Some(Path::new(OUTSIDE)))
        }
        Err(_) => Some(data_dir.join("postgres")),
    }
    .filter(|home| home.is_dir())
}

fn find_home(data_dir: &Path) -> Result<PathBuf, PrivatePostgresError> {
    let pointer = data_dir.join("postgres.location");
    let inside = data_dir.join("postgres");
    let home = match fs::read_to_string(&pointer) {
        Ok(text) => {
            let cluster = PathBuf::from(text.trim_end());
            if cluster.parent() != Some(Path::new(OUTSIDE)) || !cluster.is_dir() {
                return Err(PrivatePostgresError::LostCluster { pointer, cluster });
            }
            cluster
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).at(&pointer),
        Err(_) if inside.is_dir() => inside,
        Err(_) => make_home(data_dir, inside, &pointer)?,
    };
    // Whoever owns the directory could swap what is in it, so it has to be ours.
    let uid = fs::symlink_metadata(&home).at(&home)?.uid();
    if uid != my_uid() {
        return Err(PrivatePostgresError::ForeignOwner { dir: home, uid });
    }
    Ok(home)
}

fn make_home(data_dir: &Path, inside: PathBuf, pointer: &Path) -> Result<PathBuf, PrivatePostgresError> {
    match owner_of(Path::new(""))? {
        Owner::Other { uid, gid } if passable(data_dir, uid, gid).is_err() => {
            let home = make_outside()?;
            write_pointer(pointer, &home).at(pointer)?;
            Ok(home)
        }
        Owner::Other { .. } => make_dir(&inside, PASS).at(&inside).map(|()| inside),
        Owner::Myself { .. } => make_dir(&inside, PRIVATE).at(&inside).map(|()| inside),
    }
}

/// Makes `/var/lib/trefpunt/<number>`. Two programs get two numbers, because making a directory is atomic.
fn make_outside() -> Result<PathBuf, PrivatePostgresError> {
    let outside = Path::new(OUTSIDE);
    match make_dir(outside, PASS) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error).at(outside),
        _ => {}
    }
    let mut number = 1_u64;
    loop {
        let home = outside.join(number.to_string());
        match make_dir(&home, PASS) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            result => return result.at(&home).map(|()| home),
        }
    }
}

/// Complete or absent, also after a power cut: the cluster cannot be found without it.
fn write_pointer(pointer: &Path, home: &Path) -> io::Result<()> {
    let unfinished = pointer.with_extension("location-new");
    let mut file = File::create(&unfinished)?;
    file.write_all(home.as_os_str().as_encoded_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    fs::rename(&unfinished, pointer)?;
    File::open(pointer.parent().unwrap_or(Path::new("/")))?.sync_all()
}

fn lock(path: &Path, data_dir: &Path) -> Result<File, PrivatePostgresError> {
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .at(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(PrivatePostgresError::InUse(data_dir.to_owned())),
        Err(TryLockError::Error(error)) => Err(error).at(path),
    }
}

/// The user for the server: whoever owns the cluster, and for a new one `postgres`, else `nobody`, when we are root.
fn owner_of(data: &Path) -> Result<Owner, PrivatePostgresError> {
    let uid = my_uid();
    if uid != 0 {
        return Ok(Owner::Myself { uid });
    }
    if let Ok(metadata) = fs::metadata(data) {
        return Ok(Owner::Other {
            uid: metadata.uid(),
            gid: metadata.gid(),
        });
    }
    let passwd = Path::new("/etc/passwd");
    let users = fs::read_to_string(passwd).at(passwd)?;
    let (uid, gid) = ["postgres", "nobody"]
        .iter()
        .find_map(|name| user_ids(&users, name))
        .ok_or(PrivatePostgresError::NoUnprivilegedUser)?;
    Ok(Owner::Other { uid, gid })
}

/// Uid and gid of a user in the text of /etc/passwd (passwd(5)).
fn user_ids(passwd: &str, name: &str) -> Option<(u32, u32)> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    let uid = fields.next()?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    (uid != 0).then_some((uid, gid))
}

/// Refuses when the user may not pass through `dir` or one above it.
fn passable(dir: &Path, uid: u32, gid: u32) -> Result<(), PrivatePostgresError> {
    for dir in dir.ancestors() {
        let metadata = fs::metadata(dir).at(dir)?;
        if !may_pass((metadata.uid(), metadata.gid(), metadata.mode()), uid, gid) {
            return Err(PrivatePostgresError::NotTraversable {
                dir: dir.to_owned(),
                uid,
            });
        }
    }
    Ok(())
}

/// The first class that fits decides, as in the kernel (path_resolution(7)): an owner without `x` is refused even
/// where others have it.
fn may_pass((dir_uid, dir_gid, mode): (u32, u32, u32), uid: u32, gid: u32) -> bool {
    let bit = match () {
        () if dir_uid == uid => 0o100,
        () if dir_gid == gid => 0o010,
        () => 0o001,
    };
    mode & bit != 0
}

/// `home/socket`, or a directory in /tmp when that path is too long for a socket's address.
fn socket_dir(home: &Path, owner: Owner) -> Result<PathBuf, PrivatePostgresError> {
    let usual = home.join("socket");
    if fits(&usual) {
        return usable_socket_dir(&usual, owner).at(&usual).map(|()| usual);
    }
    // Named after the cluster's inode, so that the next start finds and uses the one that a crash left behind.
    let metadata = fs::metadata(home).at(home)?;
    let name = format!("/tmp/trefpunt-{:x}-{:x}", metadata.dev(), metadata.ino());
    let mut attempt = 1;
    loop {
        let dir = PathBuf::from(format!("{name}-{attempt}"));
        match usable_socket_dir(&dir, owner) {
            // Somebody else took the name.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 100 => attempt += 1,
            result => return result.at(&dir).map(|()| dir),
        }
    }
}

fn fits(socket_dir: &Path) -> bool {
    socket_dir.as_os_str().len() + SOCKET_NAME.len() <= SOCKET_PATH_BYTES
}

fn usable_socket_dir(dir: &Path, owner: Owner) -> io::Result<()> {
    match make_private_dir(dir, owner) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(dir)?;
            let ours = found.is_dir() && found.uid() == owner.uid() && found.mode() & 0o777 == PRIVATE;
            if ours { Ok(()) } else { Err(error) }
        }
        result => result,
    }
}

fn make_private_dir(dir: &Path, owner: Owner) -> io::Result<()> {
    make_dir(dir, PRIVATE)?;
    match owner {
        Owner::Myself { .. } => Ok(()),
        Owner::Other { uid, gid } => chown(dir, Some(uid), Some(gid)),
    }
}

/// Makes one directory with exactly this mode, whatever the umask.
fn make_dir(dir: &Path, mode: u32) -> io::Result<()> {
    DirBuilder::new().mode(PRIVATE).create(dir)?;
    fs::set_permissions(dir, Permissions::from_mode(mode))
}

fn my_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_class_that_fits_decides_who_may_pass() {
        assert!(may_pass((0, 0, 0o711), 101, 104));
        assert!(!may_pass((0, 0, 0o700), 101, 104));
        assert!(may_pass((0, 104, 0o710), 101, 104));
        assert!(!may_pass((0, 104, 0o701), 101, 104));
        assert!(may_pass((101, 0, 0o700), 101, 104));
        assert!(!may_pass((101, 0, 0o077), 101, 104));
    }

    #[test]
    fn a_user_is_found_by_its_whole_name_and_never_root() {
        let passwd =
            "root:x:0:0::/root:/bin/sh\nnobody2:x:7:7::/:\nnobody:x:65534:65533::/:\npostgres:x:0:0::/:\n";
        assert_eq!(user_ids(passwd, "nobody"), Some((65534, 65533)));
        assert_eq!(user_ids(passwd, "postgres"), None);
        assert_eq!(user_ids(passwd, "somebody"), None);
    }

    #[test]
    fn a_socket_path_has_at_most_107_bytes() {
        assert!(fits(&PathBuf::from("d".repeat(93))));
        assert!(!fits(&PathBuf::from("d".repeat(94))));
    }
}
