"""Clients and a server that no installed program can be, for what happens between vantage points.

    dhcp_odd.py hops --hops N       DISCOVERs of one client through a long chain of relays: hops already N
    dhcp_odd.py foreign-source      DISCOVERs whose chaddr is not the Ethernet source
    dhcp_odd.py burst --count N     one DISCOVER each of N clients behind one port, all within a second; then again
    dhcp_odd.py release             RELEASE of --address to --server
    dhcp_odd.py misdirect           a server: OFFERs to relayed clients go to the broadcast address, not to the relay
"""
import argparse
import time

from scapy.all import ARP, BOOTP, DHCP, IP, UDP, AsyncSniffer, Ether, conf, sendp, srp1

conf.verb = 0
conf.checkIPaddr = False
parser = argparse.ArgumentParser()
parser.add_argument("mode")
parser.add_argument("--mac", default="52:54:00:bb:00:01")
parser.add_argument("--source", default="52:54:00:bb:00:77")
parser.add_argument("--hops", type=int, default=0)
parser.add_argument("--count", type=int, default=4)
parser.add_argument("--address", default="198.51.100.100")
parser.add_argument("--server", default="198.51.100.2")
args = parser.parse_args()


def raw(mac):
    return bytes.fromhex(mac.replace(":", ""))


def discover(mac, xid, source=None, hops=0, secs=0):
    head = Ether(src=source or mac, dst="ff:ff:ff:ff:ff:ff") / IP(src="0.0.0.0", dst="255.255.255.255", ttl=64) / UDP(sport=68, dport=67)
    body = BOOTP(chaddr=raw(mac) + bytes(10), xid=xid, hops=hops, secs=secs, flags=0x8000)
    frame = head / body / DHCP(options=[("message-type", 1), ("param_req_list", [1, 3, 6]), "end"])
    return frame / bytes(max(0, 300 - len(frame[BOOTP])))


def repeated(**more):
    """As firmware asks: at once, and after 4, 8 and 12 seconds."""
    begun = time.time()
    for at in (0, 4, 8, 12):
        time.sleep(max(0, begun + at - time.time()))
        sendp(discover(args.mac, 0x0DD00001, secs=at, **more), iface="eth0")


def burst():
    for again in (0, 4):
        for number in range(args.count):
            mac = "52:54:00:bb:01:%02x" % number
            sendp(discover(mac, 0x0DD10000 + number, secs=again), iface="eth0")
            time.sleep(0.02)
        time.sleep(4)


def release():
    found = srp1(Ether(src=args.mac, dst="ff:ff:ff:ff:ff:ff") / ARP(hwsrc=args.mac, psrc=args.address, pdst=args.server), iface="eth0", timeout=3)
    head = Ether(src=args.mac, dst=found[Ether].src) / IP(src=args.address, dst=args.server, ttl=64) / UDP(sport=68, dport=67)
    for number in range(2):
        body = BOOTP(chaddr=raw(args.mac) + bytes(10), xid=0x0DD20000 + number, ciaddr=args.address)
        frame = head / body / DHCP(options=[("message-type", 7), ("server_id", args.server), "end"])
        sendp(frame / bytes(max(0, 300 - len(frame[BOOTP]))), iface="eth0")
        time.sleep(1)


def misdirect():
    def heard(frame):
        if DHCP not in frame or frame[BOOTP].op != 1 or frame[BOOTP].giaddr == "0.0.0.0":
            return
        asked = frame[BOOTP]
        options = [("message-type", "offer"), ("server_id", args.server), ("lease_time", 600), ("subnet_mask", "255.255.255.0")]
        ether = Ether(src=args.mac, dst="ff:ff:ff:ff:ff:ff")
        body = BOOTP(op=2, xid=asked.xid, flags=asked.flags, chaddr=asked.chaddr, yiaddr=args.address, giaddr=asked.giaddr)
        sendp(ether / IP(src=args.server, dst="255.255.255.255", ttl=64) / UDP(sport=67, dport=68) / body / DHCP(options=options + ["end"]) / bytes(20), iface="eth0")

    sniffer = AsyncSniffer(iface="eth0", filter="udp dst port 67", prn=heard, store=False, started_callback=lambda: print("ready", flush=True))
    sniffer.start()
    while True:
        time.sleep(1)


MODES = {
    "hops": lambda: repeated(hops=args.hops),
    "foreign-source": lambda: repeated(source=args.source),
    "burst": burst,
    "release": release,
    "misdirect": misdirect,
}
MODES[args.mode]()
