"""A DHCP server that breaks the rules in one chosen way. Real servers do not, so a script plays it.

    dhcp_server.py MODE --mac MAC --ip IP --offer IP [--router IP] [--boot FILE]

MODE: no-server-id   OFFER and ACK without option 54
      ack-differs    the ACK promises another router and resolver than the OFFER
      nak-selecting  no OFFER; a NAK to every REQUEST, also those that name another server
      nak-always     OFFER, then a NAK to every REQUEST
"""
import argparse
import time

from scapy.all import BOOTP, DHCP, IP, UDP, AsyncSniffer, Ether, conf, sendp

conf.verb = 0
parser = argparse.ArgumentParser()
parser.add_argument("mode", choices=["no-server-id", "ack-differs", "nak-selecting", "nak-always"])
parser.add_argument("--mac", required=True)
parser.add_argument("--ip", required=True)
parser.add_argument("--offer", default="198.51.100.230")
parser.add_argument("--router", default="198.51.100.1")
parser.add_argument("--boot", default="")
args = parser.parse_args()
socket = conf.L2socket(iface="eth0")


def reply(request, kind):
    asked = request[BOOTP]
    options = [("message-type", kind)]
    if args.mode != "no-server-id":
        options.append(("server_id", args.ip))
    router = args.router
    if kind == "ack" and args.mode == "ack-differs":
        router = "198.51.100.254"
    if kind != "nak":
        options += [("lease_time", 600), ("subnet_mask", "255.255.255.0"), ("router", router), ("name_server", router)]
    broadcast = kind == "nak" or asked.flags & 0x8000
    ether = Ether(src=args.mac, dst="ff:ff:ff:ff:ff:ff" if broadcast else request[Ether].src)
    ip = IP(src=args.ip, dst="255.255.255.255" if broadcast else args.offer, ttl=64)
    body = BOOTP(op=2, xid=asked.xid, flags=asked.flags, chaddr=asked.chaddr, yiaddr="0.0.0.0" if kind == "nak" else args.offer)
    if kind != "nak" and args.boot:
        body.siaddr = args.ip
        body.file = args.boot.encode()
    frame = ether / ip / UDP(sport=67, dport=68) / body / DHCP(options=options + ["end"])
    missing = 300 - len(frame[BOOTP])
    socket.send(frame / bytes(missing) if missing > 0 else frame)


def heard(frame):
    if DHCP not in frame or frame[BOOTP].op != 1:
        return
    kind = next((o[1] for o in frame[DHCP].options if o[0] == "message-type"), 0)
    if kind == 1 and args.mode != "nak-selecting":
        reply(frame, "offer")
    elif kind == 3:
        named = next((o[1] for o in frame[DHCP].options if o[0] == "server_id"), None)
        if args.mode in ("nak-selecting", "nak-always"):
            reply(frame, "nak")
        elif named in (None, args.ip, "0.0.0.0"):
            reply(frame, "ack")


sniffer = AsyncSniffer(iface="eth0", filter="udp dst port 67", prn=heard, store=False, started_callback=lambda: print("ready", flush=True))
sniffer.start()
while True:
    time.sleep(1)
